/** include/linux/kallsyms.h: symbol names as text. */
import { putText } from "../../src/kernel/data/text.ts";
import { symbolText, symbolWithOffset } from "../../src/kernel/printf/address.ts";
import { lookupName } from "../../src/kernel/probes/text.ts";
import { stub } from "../../src/stub/declare.ts";

export const sprintSymbol = stub(
  "int sprint_symbol(char *buffer, unsigned long address)",
  (k, { buffer, address }) => putText(k.memory, buffer, symbolWithOffset(k.format, address, 0)),
);

/** Build IDs are off (CONFIG_STACKTRACE_BUILD_ID). */
export const sprintSymbolBuildId = stub(
  "int sprint_symbol_build_id(char *buffer, unsigned long address)",
  (k, { buffer, address }) => putText(k.memory, buffer, symbolWithOffset(k.format, address, 0)),
);

export const sprintSymbolNoOffset = stub(
  "int sprint_symbol_no_offset(char *buffer, unsigned long address)",
  (k, { buffer, address }) => putText(k.memory, buffer, symbolText(k.format, address)),
);

/** Not exported; modules find it by a kprobe on it. */
export const kallsymsLookupName = stub(
  "unsigned long kallsyms_lookup_name(const char *name)",
  (k, { name }) => BigInt(lookupName(k, k.memory.cstring(name)) ?? 0),
);
