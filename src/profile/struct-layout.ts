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
  readonly fieldNames: readonly string[];
  field(name: string): StructField | undefined;
  /** The field's offset; as of `field`, which takes all of it apart. */
  offset(name: string): number | undefined;
}

/** "struct list_head[40]" is of list_heads. */
const structTag = (ctype: string): string => {
  const bracket = ctype.indexOf("[");
  return ctype.slice("struct ".length, bracket < 0 ? undefined : bracket);
};

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
      return { kind: "struct", struct: code.slice(1) || structTag(ctype) };
    default:
      return { kind: "unknown" };
  }
};

const NO_DIMENSIONS: readonly number[] = [];

const dimensionsOf = (code: string, bracket: number): readonly number[] =>
  bracket < 0
    ? NO_DIMENSIONS
    : code
        .slice(bracket + 1, -1)
        .split("][")
        .map(Number);

/** Reads "name:offset:code:ctype". */
const readField = (text: string): StructField => {
  const afterName = text.indexOf(":");
  const afterOffset = text.indexOf(":", afterName + 1);
  const afterCode = text.indexOf(":", afterOffset + 1);
  const code = text.slice(afterOffset + 1, afterCode);
  const ctype = text.slice(afterCode + 1);
  const bracket = code.indexOf("[");
  const bare = bracket < 0 ? code : code.slice(0, bracket);
  const [element = "?", first, width] = bare.startsWith("s") ? [bare] : bare.split(".");
  return {
    name: text.slice(0, afterName),
    offset: Number(text.slice(afterName + 1, afterOffset)),
    type: elementType(element, ctype),
    dimensions: dimensionsOf(code, bracket),
    ctype,
    bits: width === undefined ? undefined : { first: Number(first), width: Number(width) },
  };
};

/** Reads one line of the `structs` table (written by layout-text.ts); its fields when asked for. */
export const readLayout = (name: string, text: string): StructLayout => {
  const [kind, size = "0"] = upTo(text, "\t", 0).split(":");
  const known = new Map<string, StructField>();
  /** Where the member's name begins, or -1. */
  const find = (wanted: string): number => {
    const at = text.indexOf(`\t${wanted}:`);
    return at < 0 ? -1 : at + 1;
  };
  return {
    name,
    kind: kind === "union" ? "union" : "struct",
    size: Number(size),
    get fieldNames() {
      const members = text.split("\t").slice(1);
      return members.map((member) => upTo(member, ":", 0));
    },
    field(wanted) {
      const found = known.get(wanted);
      if (found !== undefined) return found;
      const at = find(wanted);
      if (at < 0) return undefined;
      const field = readField(upTo(text, "\t", at));
      known.set(wanted, field);
      return field;
    },
    offset(wanted) {
      const at = find(wanted);
      return at < 0 ? undefined : Number(upTo(text, ":", at + wanted.length + 1));
    },
  };
};

/** From `start` to the next mark, or to the end. */
const upTo = (text: string, mark: string, start: number): string => {
  const end = text.indexOf(mark, start);
  return text.slice(start, end < 0 ? undefined : end);
};
