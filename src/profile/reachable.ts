import type { Btf } from "./btf.ts";
import { STRUCT_NAMES } from "./struct-names.ts";

const NAMED: ReadonlySet<string> = new Set(["struct", "union", "typedef"]);
const ALSO: ReadonlySet<string> = new Set(STRUCT_NAMES);

/** Ids of the structs and unions that type `id` mentions, through pointers, arrays and prototypes. */
const mentioned = (btf: Btf, id: number, seen: Set<number>): number[] => {
  const found: number[] = [];
  const queue = [id];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const type = btf.type(next);
    switch (type.kind) {
      case "pointer":
      case "const":
      case "volatile":
      case "restrict":
      case "typedef":
      case "tag":
      case "function":
        queue.push(type.type);
        break;
      case "array":
        queue.push(type.element);
        break;
      case "prototype":
        queue.push(type.result, ...type.parameters.map((one) => one.type));
        break;
      case "struct":
      case "union":
        found.push(next);
        queue.push(...type.members.map((one) => one.type));
        break;
      default:
        break;
    }
  }
  return found;
};

/** All structs and unions reachable from the prototypes of `functions`, and those listed here. In id order. */
export const exportedTypes = (btf: Btf, functions: ReadonlySet<string>): number[] => {
  const seen = new Set<number>();
  const found: number[] = [];
  for (let id = btf.firstId; id < btf.endId; id++) {
    const type = btf.type(id);
    const wanted =
      type.kind === "function"
        ? functions.has(type.name)
        : NAMED.has(type.kind) && "name" in type && ALSO.has(type.name);
    if (wanted) found.push(...mentioned(btf, id, seen));
  }
  return found.sort((left, right) => left - right);
};
