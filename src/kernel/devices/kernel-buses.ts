/** Buses of the kernel's own: those that modules bring drivers for. Registered when first used. */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { staticText } from "../data/text.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { registerBus } from "./bus.ts";

/** By the kernel's variable; some of them are not exported. */
const NAMES = {
  platform_bus_type: "platform",
  pci_bus_type: "pci",
  i2c_bus_type: "i2c",
  spi_bus_type: "spi",
  pnp_bus_type: "pnp",
  acpi_bus_type: "acpi",
  serio_bus: "serio",
  serdev_bus_type: "serial",
  auxiliary_bus_type: "auxiliary",
} as const satisfies Record<string, ByteString>;

export type KernelBus = keyof typeof NAMES;

const exported = (k: Kernel, bus: KernelBus): Address => k.profile.symbol(bus)?.address ?? 0;

/** Puts the bus in its place in the kernel's data, with its name. */
export const placeBus = (k: Kernel, bus: KernelBus): Address => {
  const { kernelBuses } = k.driverCore;
  const known = kernelBuses.get(bus);
  if (known !== undefined) return known;
  const size = k.sizeOf("bus_type");
  const place = exported(k, bus);
  const address = place === 0 ? k.statics.allocate(size) : place;
  if (place !== 0) {
    k.image.placeData(address, size);
    // What the image has there are functions of the kernel that nobody plays.
    k.memory.fill(address, 0, size);
  }
  k.struct("bus_type", address).name = staticText(k, NAMES[bus]);
  kernelBuses.set(bus, address);
  return address;
};

/** The bus, registered. */
export function* kernelBus(k: Kernel, bus: KernelBus): Routine<Address> {
  const address = placeBus(k, bus);
  if (!k.driverCore.buses.has(address)) yield* registerBus(k, address);
  return address;
}

/** Registers the bus at `address` if it is one of the kernel's that nobody has used yet. */
export function* readyBus(k: Kernel, address: Address): Routine<void> {
  if (address === 0 || k.driverCore.buses.has(address)) return;
  for (const bus of Object.keys(NAMES) as KernelBus[])
    if (exported(k, bus) === address) yield* kernelBus(k, bus);
}

/** A bus whose functions are the kernel's: it knows itself which drivers are for which devices. */
export const isKernelBus = (k: Kernel, address: Address): boolean => {
  for (const each of k.driverCore.kernelBuses.values()) if (each === address) return true;
  return false;
};
