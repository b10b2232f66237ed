/** ACPI tables of the recorded machine, but for its DSDT: what that describes is in namespace.ts. */
import type { Address } from "../../base/address.ts";
import type { Kernel } from "../kernel.ts";

const TABLES: Readonly<Record<string, string>> = {
  FACP: `
    46414350740000000181424f4348532042585043202020200100000042585043
    010000000000fe3f4000fe3f01000900b2000000f1f000000006000000000000
    04060000000000000000000008060000e0af0000000000000402000404000000
    ff0fff0f000000000000000032000000a5800000`,
  APIC: `
    4150494378000000018a424f4348532042585043202020200100000042585043
    010000000000e0fe010000000008000001000000010c00000000c0fe00000000
    020a0000020000000000020a0005050000000d00020a0009090000000d00020a
    000a0a0000000d00020a000b0b0000000d000406ff000001`,
  HPET: `
    485045543800000001b4424f4348532042585043202020200100000042585043
    0100000001a28680000000000000d0fe0000000000000000`,
  WAET: `
    57414554280000000139424f4348532042585043202020200100000042585043
    0100000002000000`,
  FACS: `
    4641435340000000000000000000000000000000000000000000000000000000
    0000000000000000000000000000000000000000000000000000000000000000`,
};

export const acpiTable = (signature: string): Uint8Array | undefined => {
  const hex = Object.hasOwn(TABLES, signature) ? TABLES[signature] : undefined;
  return hex === undefined ? undefined : Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ""), "hex"));
};

/** Where the table of that signature lies; the same at every call. 0 when there is none. */
export const placeTable = (k: Kernel, signature: string): Address => {
  const { chains } = k.driverCore;
  const key = `ACPI ${signature}`;
  const known = chains.get(key);
  if (known !== undefined) return known;
  const bytes = acpiTable(signature);
  if (bytes === undefined) return 0;
  const address = k.statics.allocate(bytes.length);
  k.memory.write(address, bytes);
  chains.set(key, address);
  return address;
};
