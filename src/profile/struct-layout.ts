/** What a field holds; sizes in bytes. */
export type FieldType =
  | { readonly kind: "int"; readonly size: number; readonly signed: boolean }
  | { readonly kind: "bool"; readonly size: number }
  | { readonly kind: "pointer"; readonly size: 8 }
  | { readonly kind: "float"; readonly size: number }
  /** `struct` is the name to ask the profile for. */
  | { readonly kind: "struct"; readonly struct: string }
  | { readonly kind: "unknown" };

export interface StructField {
  readonly name: string;
  /** Bytes from the start of the struct; for a bit field, of the unit that is read. */
  readonly offset: number;
  /** The element's type when it is an array. */
  readonly type: FieldType;
  /** Array dimensions, outer first; empty when it is not an array, 0 for a flexible one. */
  readonly dimensions: readonly number[];
  /** As C writes it: "gfp_t", "struct list_head *". */
  readonly ctype: string;
  /** Bit fields: lowest bit inside the unit, and width; otherwise undefined. */
  readonly bits: { readonly first: number; readonly width: number } | undefined;
}

export interface StructLayout {
  readonly name: string;
  readonly kind: "struct" | "union";
  readonly size: number;
  /** In declaration order; members of anonymous structs and unions are the struct's own. */
  readonly fields: ReadonlyMap<string, StructField>;
}

const elementType = (code: string, ctype: string): FieldType => {
  const size = Number(code.slice(1)) || 1;
  switch (code[0]) {
    case "u":
    case "i":
      return { kind: "int", size, signed: code[0] === "i" };
    case "b":
      return { kind: "bool", size };
    case "p":
      return { kind: "pointer", size: 8 };
    case "f":
      return { kind: "float", size };
    case "s":
      return { kind: "struct", struct: code.slice(1) || ctype.replace(/^struct /, "") };
    default:
      return { kind: "unknown" };
  }
};

const readField = (text: string): StructField => {
  const [name = "", offset = "0", code = "?", ...rest] = text.split(":");
  const ctype = rest.join(":");
  const dimensions = [...code.matchAll(/\[(\d+)\]/g)].map((match) => Number(match[1]));
  const bare = code.replace(/\[.*$/, "");
  const [element = "?", first, width] = bare[0] === "s" ? [bare] : bare.split(".");
  return {
    name,
    offset: Number(offset),
    type: elementType(element, ctype),
    dimensions,
    ctype,
    bits: width === undefined ? undefined : { first: Number(first), width: Number(width) },
  };
};

/** Reads one line of the `structs` table (written by layout-text.ts). */
export const readLayout = (name: string, text: string): StructLayout => {
  const [head = "", ...members] = text.split("\t");
  const [kind, size = "0"] = head.split(":");
  return {
    name,
    kind: kind === "union" ? "union" : "struct",
    size: Number(size),
    fields: new Map(members.map((member) => readField(member)).map((field) => [field.name, field])),
  };
};
