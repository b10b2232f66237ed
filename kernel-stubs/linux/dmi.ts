/** include/linux/dmi.h: what the recorded machine says of itself, as drivers/firmware/dmi_scan.c tells it. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";

/** enum dmi_field */
const FIELD = { BIOS_DATE: 3, SYS_VENDOR: 6, BOARD_VENDOR: 13 } as const;

/** By enum dmi_field; the machine leaves out the others. */
const MACHINE: Readonly<Record<number, string>> = {
  1: "SeaBIOS",
  2: "1.16.2-debian-1.16.2-1",
  3: "04/01/2014",
  4: "0.0",
  6: "QEMU",
  7: "Standard PC (i440FX + PIIX, 1996)",
  8: "pc-i440fx-7.2",
  9: "",
  11: "",
  12: "",
  18: "QEMU",
  19: "1",
  20: "pc-i440fx-7.2",
  21: "",
  22: "",
};

/** struct dmi_system_id of include/linux/mod_devicetable.h, whose tables user space reads: they stay as they are. */
const ID = { CALLBACK: 0, MATCHES: 16, SIZE: 344 } as const;
const MATCH = { COUNT: 4, SIZE: 80, TEXT: 1, TEXT_SIZE: 79 } as const;
const EXACT = 0x80;

const matches = (k: Kernel, id: Address): boolean => {
  for (let index = 0; index < MATCH.COUNT; index += 1) {
    const at = id + ID.MATCHES + index * MATCH.SIZE;
    const slot = k.memory.u8(at);
    if ((slot & ~EXACT) === 0) break;
    const own = MACHINE[slot & ~EXACT];
    const wanted = k.memory.cstring(at + MATCH.TEXT, MATCH.TEXT_SIZE);
    if (own === undefined || !((slot & EXACT) === 0 ? own.includes(wanted) : own === wanted)) return false;
  }
  return true;
};

/** Entries of a table that fit the machine; the last has no match at all. */
function* matching(k: Kernel, list: Address): Generator<Address> {
  for (let id = list; k.memory.u8(id + ID.MATCHES) % EXACT !== 0; id += ID.SIZE) if (matches(k, id)) yield id;
}

export const dmiFirstMatch = stub(
  "const struct dmi_system_id *dmi_first_match(const struct dmi_system_id *list)",
  (k, { list }) => matching(k, list).next().value ?? 0,
);

export const dmiCheckSystem = stub(
  "int dmi_check_system(const struct dmi_system_id *list)",
  function* (k, { list }): Routine<number> {
    let count = 0;
    for (const id of matching(k, list)) {
      count += 1;
      const callback = k.memory.pointer(id + ID.CALLBACK);
      if (callback !== 0 && BigInt.asIntN(32, yield* k.call(callback, id)) !== 0n) break;
    }
    return count;
  },
);

export const dmiGetSystemInfo = stub("const char *dmi_get_system_info(int field)", (k, { field }) => {
  const text = MACHINE[field];
  return text === undefined ? 0 : k.driverCore.texts.of(text);
});

export const dmiMatch = stub("bool dmi_match(enum dmi_field f, const char *str)", (k, { f, str }) => {
  const own = MACHINE[Number(f)];
  return own === undefined || str === 0 ? own === undefined && str === 0 : own === k.memory.cstring(str);
});

export const dmiNameInVendors = stub("int dmi_name_in_vendors(const char *str)", (k, { str }) => {
  const name = k.memory.cstring(str);
  const vendors = [FIELD.SYS_VENDOR, FIELD.BOARD_VENDOR].map((field) => MACHINE[field] ?? "");
  return vendors.some((vendor) => vendor.includes(name)) ? 1 : 0;
});

const [MONTH = 0, DAY = 0, YEAR = 0] = (MACHINE[FIELD.BIOS_DATE] ?? "").split("/").map(Number);

export const dmiGetBiosYear = stub("int dmi_get_bios_year(void)", () => YEAR);

/** Only the BIOS has a date. */
export const dmiGetDate = stub(
  "bool dmi_get_date(int field, int *yearp, int *monthp, int *dayp)",
  (k, { field, yearp, monthp, dayp }) => {
    const date = field === FIELD.BIOS_DATE ? [YEAR, MONTH, DAY] : [0, 0, 0];
    for (const [index, at] of [yearp, monthp, dayp].entries())
      if (at !== 0) k.memory.setU32(at, date[index] ?? 0);
    return field === FIELD.BIOS_DATE;
  },
);

/** The machine's tables describe no devices. */
export const dmiFindDevice = stub(
  "const struct dmi_device *dmi_find_device(int type, const char *name, const struct dmi_device *from)",
  () => 0,
);
