import { declare } from "./c-text.ts";
import type { TableData } from "./container.ts";
import { type ProfileInputs, eachType } from "./inputs.ts";
import { keyedTable } from "./keyed-table.ts";
import { createLayoutWriter } from "./layout-text.ts";
import { exportedTypes } from "./reachable.ts";

/** Every typedef: what it stands for. */
export const typedefTable = ({ btf }: ProfileInputs): TableData => {
  const found = new Map<string, string>();
  for (const type of eachType(btf)) {
    if (type.kind === "typedef" && !found.has(type.name)) found.set(type.name, declare(btf, type.type, ""));
  }
  return keyedTable("typedefs", 8 << 10, [...found]);
};

/** Every enumeration constant. */
export const enumeratorTable = ({ btf }: ProfileInputs): TableData => {
  const found = new Map<string, string>();
  for (const type of eachType(btf)) {
    if (type.kind !== "enum") continue;
    for (const { name, value } of type.values) if (!found.has(name)) found.set(name, String(value));
  }
  return keyedTable("enumerators", 16 << 10, [...found]);
};

/** The structs and unions that exported functions lead to. */
export const structTable = ({ btf, exported }: ProfileInputs): TableData => {
  const writer = createLayoutWriter(btf);
  for (const id of exportedTypes(btf, new Set(exported.map((one) => one.name)))) writer.add(id);
  return keyedTable(
    "structs",
    8 << 10,
    writer.lines().map(({ key, text }) => [key, text]),
  );
};

export const configTable = ({ config }: ProfileInputs): TableData =>
  keyedTable("config", 8 << 10, [...config]);
