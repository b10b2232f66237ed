import type { BtfType } from "./btf-types.ts";

/** include/uapi/linux/btf.h */
export const KIND = {
  INT: 1, PTR: 2, ARRAY: 3, STRUCT: 4, UNION: 5, ENUM: 6, FWD: 7, TYPEDEF: 8, VOLATILE: 9, CONST: 10,
  RESTRICT: 11, FUNC: 12, FUNC_PROTO: 13, VAR: 14, DATASEC: 15, FLOAT: 16, DECL_TAG: 17, TYPE_TAG: 18,
  ENUM64: 19,
} as const; // prettier-ignore

export interface Lookups {
  string(offset: number): string;
  /** Checks a type id. */
  id(value: number): number;
  readonly enumSigns: boolean;
}

/** One type's bytes. */
interface Encoded extends Lookups {
  readonly name: string;
  /** The head's third word: a size or a type id. */
  readonly sizeOrType: number;
  readonly flagged: boolean;
  u32(offset: number): number;
  i64(offset: number): bigint;
  /** The parts behind the head, each of `width` bytes. */
  each<T>(width: number, part: (offset: number) => T): T[];
}

/** Decodes the type that starts at `at`; the caller has checked that it lies in `types`. */
export const decode = (types: DataView, at: number, lookups: Lookups): BtfType => {
  const u32 = (offset: number): number => types.getUint32(at + offset, true);
  const info = u32(4);
  const record: Encoded = {
    ...lookups,
    name: lookups.string(u32(0)),
    sizeOrType: u32(8),
    flagged: info >>> 31 !== 0,
    u32,
    i64: (offset) => types.getBigInt64(at + offset, true),
    each: (width, part) => Array.from({ length: info & 0xffff }, (_, index) => part(12 + index * width)),
  };
  const kind = (info >>> 24) & 31;
  return (DECODERS[kind] ?? decodeAnnotation)(record);
};

const decodeAnnotation = ({ name, sizeOrType, id }: Encoded): BtfType => ({
  kind: "annotation",
  name,
  type: id(sizeOrType),
});

const decodeReference =
  (kind: "pointer" | "const" | "volatile" | "restrict") =>
  ({ sizeOrType, id }: Encoded): BtfType => ({ kind, type: id(sizeOrType) });

const decodeNamed =
  (kind: "typedef" | "tag" | "variable" | "function") =>
  ({ name, sizeOrType, id }: Encoded): BtfType => ({ kind, name, type: id(sizeOrType) });

const decodeAggregate =
  (kind: "struct" | "union") =>
  ({ name, sizeOrType: size, flagged, string, id, u32, each }: Encoded): BtfType => ({
    kind,
    name,
    size,
    members: each(12, (offset) => ({
      name: string(u32(offset)),
      type: id(u32(offset + 4)),
      bitOffset: flagged ? u32(offset + 8) & 0xffffff : u32(offset + 8),
      bitSize: flagged ? u32(offset + 8) >>> 24 : 0,
    })),
  });

const decodeEnum = (encoded: Encoded): BtfType => {
  const { name, sizeOrType: size, flagged, enumSigns, string, u32, each } = encoded;
  const signed = flagged || (!enumSigns && each(8, (offset) => u32(offset + 4) | 0).some((one) => one < 0));
  const values = each(8, (offset) => ({
    name: string(u32(offset)),
    value: BigInt(signed ? u32(offset + 4) | 0 : u32(offset + 4)),
  }));
  return { kind: "enum", name, size, signed, values };
};

const decodeEnum64 = ({ name, sizeOrType: size, flagged, string, u32, i64, each }: Encoded): BtfType => ({
  kind: "enum",
  name,
  size,
  signed: flagged,
  values: each(12, (offset) => ({ name: string(u32(offset)), value: i64(offset + 4) })),
});

const decodePrototype = ({ sizeOrType, string, id, u32, each }: Encoded): BtfType => {
  const all = each(8, (offset) => ({ name: string(u32(offset)), type: id(u32(offset + 4)) }));
  const last = all.at(-1);
  const variadic = last !== undefined && last.type === 0 && last.name === "";
  return {
    kind: "prototype",
    result: id(sizeOrType),
    parameters: variadic ? all.slice(0, -1) : all,
    variadic,
  };
};

const decodeSection = ({ name, id, u32, each }: Encoded): BtfType => ({
  kind: "section",
  name,
  variables: each(12, (offset) => ({
    type: id(u32(offset)),
    offset: u32(offset + 4),
    size: u32(offset + 8),
  })),
});

const decodeInt = ({ name, sizeOrType: size, u32 }: Encoded): BtfType => {
  const encoding = (u32(12) >>> 24) & 15;
  return {
    kind: "int",
    name,
    size,
    bits: u32(12) & 0xff,
    encoding: encoding & 4 ? "bool" : encoding & 1 ? "signed" : encoding & 2 ? "char" : "unsigned",
  };
};

const decodeArray = ({ id, u32 }: Encoded): BtfType => ({
  kind: "array",
  element: id(u32(12)),
  index: id(u32(16)),
  count: u32(20),
});

const DECODERS: Readonly<Partial<{ [kind: number]: (record: Encoded) => BtfType }>> = {
  [KIND.INT]: decodeInt,
  [KIND.PTR]: decodeReference("pointer"),
  [KIND.ARRAY]: decodeArray,
  [KIND.STRUCT]: decodeAggregate("struct"),
  [KIND.UNION]: decodeAggregate("union"),
  [KIND.ENUM]: decodeEnum,
  [KIND.FWD]: ({ name, flagged }) => ({ kind: "forward", name, of: flagged ? "union" : "struct" }),
  [KIND.TYPEDEF]: decodeNamed("typedef"),
  [KIND.VOLATILE]: decodeReference("volatile"),
  [KIND.CONST]: decodeReference("const"),
  [KIND.RESTRICT]: decodeReference("restrict"),
  [KIND.FUNC]: decodeNamed("function"),
  [KIND.FUNC_PROTO]: decodePrototype,
  [KIND.VAR]: decodeNamed("variable"),
  [KIND.DATASEC]: decodeSection,
  [KIND.FLOAT]: ({ name, sizeOrType: size }) => ({ kind: "float", name, size }),
  [KIND.TYPE_TAG]: decodeNamed("tag"),
  [KIND.ENUM64]: decodeEnum64,
};
