/** include/acpi/acpixf.h: objects of the namespace, and tables (drivers/acpi/acpica/nsxfname.c, tbxface.c). */
import type { Address } from "../../src/base/address.ts";
import { ACPI_TYPE, lookUp, pathOf } from "../../src/kernel/acpi/namespace.ts";
import { AE, statusName } from "../../src/kernel/acpi/status.ts";
import { acpiTable, placeTable } from "../../src/kernel/acpi/tables.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { GFP_KERNEL } from "../../src/kernel/memory/gfp.ts";
import { stub, variable } from "../../src/stub/declare.ts";

const LONGEST = 512;

export const acpiGetHandle = stub(
  "acpi_status acpi_get_handle(acpi_handle parent, acpi_string pathname, acpi_handle *ret_handle)",
  { sleeps: true },
  (k, { parent, pathname, ret_handle: place }) => {
    if (pathname === 0 || place === 0) return AE.BAD_PARAMETER;
    const path = k.memory.cstring(pathname, LONGEST);
    const from = k.acpi.at(parent);
    if (from === undefined || (parent === 0 && !path.startsWith("\\"))) return AE.BAD_PARAMETER;
    const found = lookUp(from, path);
    if (found === undefined) return AE.NOT_FOUND;
    k.memory.setPointer(place, k.acpi.handle(found));
    return AE.OK;
  },
);

export const acpiGetType = stub(
  "acpi_status acpi_get_type(acpi_handle object, acpi_object_type *out_type)",
  (k, { object, out_type: place }) => {
    if (place === 0) return AE.BAD_PARAMETER;
    const node = k.acpi.at(object);
    if (node === undefined) return AE.BAD_PARAMETER;
    k.memory.setU32(place, object === -1 ? ACPI_TYPE.ANY : node.type);
    return AE.OK;
  },
);

export const acpiGetParent = stub(
  "acpi_status acpi_get_parent(acpi_handle object, acpi_handle *out_handle)",
  (k, { object, out_handle: place }) => {
    if (place === 0) return AE.BAD_PARAMETER;
    const node = k.acpi.at(object);
    if (node === undefined) return AE.BAD_PARAMETER;
    if (node.parent === undefined) return AE.NULL_ENTRY;
    k.memory.setPointer(place, k.acpi.handle(node.parent));
    return AE.OK;
  },
);

/** struct acpi_buffer: a length, which may ask for memory (ACPI_ALLOCATE_BUFFER), and a pointer. */
const POINTER = 8;
const ALLOCATE = 0xffff_ffff_ffff_fffen;

const fill = (k: Kernel, buffer: Address, text: string): number => {
  const wanted = k.memory.u64(buffer);
  k.memory.setU64(buffer, BigInt(text.length + 1));
  if (wanted >= ALLOCATE) k.memory.setPointer(buffer + POINTER, k.heap.kmalloc(text.length + 1, GFP_KERNEL));
  else if (wanted < BigInt(text.length + 1)) return AE.BUFFER_OVERFLOW;
  k.memory.setCstring(k.memory.pointer(buffer + POINTER), text);
  return AE.OK;
};

const NAME = { FULL: 0, SINGLE: 1, FULL_NO_TRAILING: 2 } as const;

export const acpiGetName = stub(
  "acpi_status acpi_get_name(acpi_handle object, u32 name_type, struct acpi_buffer *ret_path_ptr)",
  { sleeps: true },
  (k, { object, name_type: type, ret_path_ptr: buffer }) => {
    const node = k.acpi.at(object);
    if (node === undefined || type > NAME.FULL_NO_TRAILING || buffer === 0) return AE.BAD_PARAMETER;
    if (type === NAME.SINGLE) return fill(k, buffer, node.name);
    return fill(k, buffer, type === NAME.FULL ? pathOf(node) : pathOf(node).replaceAll(/_+(?=\.|$)/g, ""));
  },
);

/** What is not there cannot be evaluated; what is, is not run. */
export const acpiEvaluateObject = stub(
  `acpi_status acpi_evaluate_object(acpi_handle object, acpi_string pathname,
      struct acpi_object_list *parameter_objects, struct acpi_buffer *return_object_buffer)`,
  { sleeps: true, level: { partial: "methods that the machine has are not run: AE_SUPPORT" } },
  (k, { object, pathname, return_object_buffer: buffer }) => {
    const path = pathname === 0 ? "" : k.memory.cstring(pathname, LONGEST);
    const from = k.acpi.at(object);
    if (from === undefined || (object === 0 && !path.startsWith("\\"))) return AE.BAD_PARAMETER;
    if (buffer !== 0 && k.memory.u64(buffer) >= ALLOCATE) k.memory.setPointer(buffer + POINTER, 0);
    return lookUp(from, path) === undefined ? AE.NOT_FOUND : AE.SUPPORT;
  },
);

export const acpiFormatException = stub(
  "const char *acpi_format_exception(acpi_status exception)",
  (k, { exception }) => k.driverCore.texts.of(statusName(exception) ?? "UNKNOWN_STATUS_CODE"),
);

export const acpiGetTable = stub(
  `acpi_status acpi_get_table(char *signature, u32 instance, struct acpi_table_header **out_table)`,
  { sleeps: true, level: { partial: "without the DSDT" } },
  (k, { signature, instance, out_table: place }) => {
    if (signature === 0 || place === 0) return AE.BAD_PARAMETER;
    const table = instance > 1 ? 0 : placeTable(k, k.memory.cstring(signature, 4));
    k.memory.setPointer(place, table);
    return table === 0 ? AE.NOT_FOUND : AE.OK;
  },
);
/** They stay mapped. */
export const acpiPutTable = stub("void acpi_put_table(struct acpi_table_header *table)", () => {});

export const acpiGblFadt = variable("struct acpi_table_fadt acpi_gbl_FADT", (k, { address }) =>
  k.memory.write(address, acpiTable("FACP") ?? new Uint8Array(0)),
);
