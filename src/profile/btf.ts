import { KoboxError } from "../base/errors.ts";

/** One BTF type; `type`, `element`, `index` and `result` are ids, 0 is void (Documentation/bpf/btf.rst). */
export type BtfType =
  | { readonly kind: "void" }
  | {
      readonly kind: "int";
      readonly name: string;
      readonly size: number;
      readonly bits: number;
      readonly encoding: "unsigned" | "signed" | "char" | "bool";
    }
  | { readonly kind: "float"; readonly name: string; readonly size: number }
  | { readonly kind: "pointer"; readonly type: number }
  | { readonly kind: "array"; readonly element: number; readonly index: number; readonly count: number }
  | {
      readonly kind: "struct" | "union";
      readonly name: string;
      readonly size: number;
      readonly members: readonly BtfMember[];
    }
  | {
      readonly kind: "enum";
      readonly name: string;
      readonly size: number;
      readonly signed: boolean;
      readonly values: readonly BtfEnumerator[];
    }
  | { readonly kind: "forward"; readonly name: string; readonly of: "struct" | "union" }
  | { readonly kind: "typedef" | "tag" | "variable"; readonly name: string; readonly type: number }
  | { readonly kind: "const" | "volatile" | "restrict"; readonly type: number }
  | { readonly kind: "function"; readonly name: string; readonly type: number }
  | {
      readonly kind: "prototype";
      readonly result: number;
      readonly parameters: readonly BtfParameter[];
      readonly variadic: boolean;
    }
  | { readonly kind: "section"; readonly name: string; readonly variables: readonly BtfVariable[] }
  | { readonly kind: "annotation"; readonly name: string; readonly type: number };

export interface BtfMember {
  /** Empty for an anonymous struct or union. */
  readonly name: string;
  readonly type: number;
  readonly bitOffset: number;
  /** 0 when it is not a bit field. */
  readonly bitSize: number;
}

export interface BtfParameter {
  readonly name: string;
  readonly type: number;
}

export interface BtfEnumerator {
  readonly name: string;
  readonly value: bigint;
}

export interface BtfVariable {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
}

export interface Btf {
  /** Ids run from `firstId` (those below belong to the base) to `endId` - 1. */
  readonly firstId: number;
  readonly endId: number;
  /** Decodes one type, throws KoboxError for an id that does not exist. */
  type(id: number): BtfType;
  /** The string at an offset of the string section, base strings first. */
  string(offset: number): string;
  /** Bytes of the string sections up to here: where a split BTF's own strings start. */
  readonly stringsEnd: number;
}

const MAGIC = 0xeb9f;
const HEADER = 24;
const KIND = {
  INT: 1, PTR: 2, ARRAY: 3, STRUCT: 4, UNION: 5, ENUM: 6, FWD: 7, TYPEDEF: 8, VOLATILE: 9, CONST: 10,
  RESTRICT: 11, FUNC: 12, FUNC_PROTO: 13, VAR: 14, DATASEC: 15, FLOAT: 16, DECL_TAG: 17, TYPE_TAG: 18,
  ENUM64: 19,
} as const; // prettier-ignore

/** Bytes after the 12-byte head: a fixed part and a part for each of vlen. */
const EXTRA: readonly (readonly [fixed: number, each: number] | undefined)[] = [
  undefined, [4, 0], [0, 0], [12, 0], [0, 12], [0, 12], [0, 8], [0, 0], [0, 0], [0, 0], [0, 0], [0, 0],
  [0, 0], [0, 8], [4, 0], [0, 12], [0, 0], [4, 0], [0, 0], [0, 12],
]; // prettier-ignore

const bad = (what: string): never => {
  throw new KoboxError("bad-btf", `BTF: ${what}`, {
    hint: "The .BTF section is damaged or of an unknown version.",
  });
};

interface Sections {
  readonly types: DataView;
  readonly strings: Uint8Array;
}

const sectionsOf = (bytes: Uint8Array): Sections => {
  if (bytes.length < HEADER) bad("shorter than its header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(0, true) !== MAGIC) bad("wrong magic number");
  if (view.getUint8(2) !== 1) bad(`version ${view.getUint8(2)} is unknown`);
  const headerLength = view.getUint32(4, true);
  const [typeOffset, typeLength] = [view.getUint32(8, true), view.getUint32(12, true)];
  const [stringOffset, stringLength] = [view.getUint32(16, true), view.getUint32(20, true)];
  if (headerLength < HEADER || headerLength > bytes.length) bad("header length out of range");
  if (headerLength + typeOffset + typeLength > bytes.length) bad("type section out of range");
  if (headerLength + stringOffset + stringLength > bytes.length) bad("string section out of range");
  const strings = bytes.subarray(headerLength + stringOffset, headerLength + stringOffset + stringLength);
  if (stringLength === 0 || strings[stringLength - 1] !== 0) bad("string section without final NUL");
  return {
    types: new DataView(bytes.buffer, bytes.byteOffset + headerLength + typeOffset, typeLength),
    strings,
  };
};

/** Offsets of all types, checked to lie inside the section and to have a known kind. */
const indexTypes = (types: DataView): Uint32Array => {
  const offsets: number[] = [];
  for (let at = 0; at < types.byteLength;) {
    if (at + 12 > types.byteLength) bad("last type is cut off");
    const info = types.getUint32(at + 4, true);
    const extra = EXTRA[(info >>> 24) & 31];
    if (extra === undefined) return bad(`kind ${(info >>> 24) & 31} is unknown`);
    const next = at + 12 + extra[0] + extra[1] * (info & 0xffff);
    if (next > types.byteLength) bad("a type reaches past the end of its section");
    offsets.push(at);
    at = next;
  }
  return Uint32Array.from(offsets);
};

/**
 * Reads BTF. Split BTF (a module's) needs the kernel's own as `base`. Every offset and id is
 * checked, when the type is decoded; damage throws KoboxError "bad-btf". Keeps `bytes`.
 */
export const readBtf = (bytes: Uint8Array, base?: Btf): Btf => {
  const { types, strings } = sectionsOf(bytes);
  const offsets = indexTypes(types);
  const firstId = base?.endId ?? 1;
  const endId = firstId + offsets.length;
  const stringBase = base?.stringsEnd ?? 0;
  const text = Buffer.from(strings.buffer, strings.byteOffset, strings.byteLength);

  const string = (offset: number): string => {
    if (base !== undefined && offset < stringBase) return base.string(offset);
    const start = offset - stringBase;
    if (start >= text.length) return bad(`string offset ${offset} is out of range`);
    const found = text.toString("latin1", start, text.indexOf(0, start));
    return /[^ -\xff]/.test(found) ? bad("a name has control characters") : found;
  };
  const id = (value: number): number => (value < endId ? value : bad(`type id ${value} does not exist`));

  return {
    firstId,
    endId,
    string,
    stringsEnd: stringBase + text.length,
    type(wanted) {
      if (wanted === 0) return { kind: "void" };
      if (base !== undefined && wanted < firstId) return base.type(wanted);
      const at = offsets[wanted - firstId];
      return at === undefined ? bad(`type id ${wanted} does not exist`) : decode(types, at, { string, id });
    },
  };
};

interface Lookups {
  string(offset: number): string;
  /** Checks a type id. */
  id(value: number): number;
}

const decode = (types: DataView, at: number, { string, id }: Lookups): BtfType => {
  const u32 = (offset: number): number => types.getUint32(at + offset, true);
  const info = u32(4);
  const flagged = info >>> 31 !== 0;
  const size = u32(8);
  const name = string(u32(0));
  const each = <T>(width: number, part: (offset: number) => T): T[] =>
    Array.from({ length: info & 0xffff }, (_, index) => part(12 + index * width));
  switch ((info >>> 24) & 31) {
    case KIND.INT:
      return intType(name, size, u32(12));
    case KIND.FLOAT:
      return { kind: "float", name, size };
    case KIND.PTR:
      return { kind: "pointer", type: id(size) };
    case KIND.ARRAY:
      return { kind: "array", element: id(u32(12)), index: id(u32(16)), count: u32(20) };
    case KIND.STRUCT:
    case KIND.UNION:
      return {
        kind: ((info >>> 24) & 31) === KIND.STRUCT ? "struct" : "union",
        name,
        size,
        members: each(12, (offset) => ({
          name: string(u32(offset)),
          type: id(u32(offset + 4)),
          bitOffset: flagged ? u32(offset + 8) & 0xffffff : u32(offset + 8),
          bitSize: flagged ? u32(offset + 8) >>> 24 : 0,
        })),
      };
    case KIND.ENUM: {
      // Before kind_flag told the sign (6.0), all were taken as signed.
      const values = each(8, (offset) => ({
        name: string(u32(offset)),
        value: BigInt(types.getInt32(at + offset + 4, true)),
      }));
      return { kind: "enum", name, size, signed: flagged || values.some((one) => one.value < 0n), values };
    }
    case KIND.ENUM64:
      return {
        kind: "enum",
        name,
        size,
        signed: flagged,
        values: each(12, (offset) => ({
          name: string(u32(offset)),
          value: types.getBigInt64(at + offset + 4, true),
        })),
      };
    case KIND.FWD:
      return { kind: "forward", name, of: flagged ? "union" : "struct" };
    case KIND.TYPEDEF:
      return { kind: "typedef", name, type: id(size) };
    case KIND.CONST:
      return { kind: "const", type: id(size) };
    case KIND.VOLATILE:
      return { kind: "volatile", type: id(size) };
    case KIND.RESTRICT:
      return { kind: "restrict", type: id(size) };
    case KIND.FUNC:
      return { kind: "function", name, type: id(size) };
    case KIND.FUNC_PROTO: {
      const all = each(8, (offset) => ({ name: string(u32(offset)), type: id(u32(offset + 4)) }));
      const last = all.at(-1);
      const variadic = last !== undefined && last.type === 0 && last.name === "";
      return { kind: "prototype", result: id(size), parameters: variadic ? all.slice(0, -1) : all, variadic };
    }
    case KIND.VAR:
      return { kind: "variable", name, type: id(size) };
    case KIND.DATASEC:
      return {
        kind: "section",
        name,
        variables: each(12, (offset) => ({
          type: id(u32(offset)),
          offset: u32(offset + 4),
          size: u32(offset + 8),
        })),
      };
    case KIND.TYPE_TAG:
      return { kind: "tag", name, type: id(size) };
    default:
      return { kind: "annotation", name, type: id(size) };
  }
};

const intType = (name: string, size: number, data: number): BtfType => {
  const encoding = (data >>> 24) & 15;
  return {
    kind: "int",
    name,
    size,
    bits: data & 0xff,
    encoding: encoding & 4 ? "bool" : encoding & 1 ? "signed" : encoding & 2 ? "char" : "unsigned",
  };
};
