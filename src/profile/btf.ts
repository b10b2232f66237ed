import { KoboxError } from "../base/errors.ts";
import { KIND, decode } from "./btf-decode.ts";
import type { BtfType } from "./btf-types.ts";

export type * from "./btf-types.ts";

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

interface TypeIndex {
  readonly offsets: Uint32Array;
  /** Whether the writer marked signed enums (pahole 1.24 and later); else their values must tell. */
  readonly enumSigns: boolean;
}

/** Offsets of all types, checked to lie inside the section and to have a known kind. */
const indexTypes = (types: DataView): TypeIndex => {
  const offsets: number[] = [];
  let enumSigns = false;
  for (let at = 0; at < types.byteLength;) {
    if (at + 12 > types.byteLength) bad("last type is cut off");
    const info = types.getUint32(at + 4, true);
    const kind = (info >>> 24) & 31;
    const extra = EXTRA[kind];
    if (extra === undefined) return bad(`kind ${kind} is unknown`);
    enumSigns ||= kind === KIND.ENUM64 || (kind === KIND.ENUM && info >>> 31 !== 0);
    const next = at + 12 + extra[0] + extra[1] * (info & 0xffff);
    if (next > types.byteLength) bad("a type reaches past the end of its section");
    offsets.push(at);
    at = next;
  }
  return { offsets: Uint32Array.from(offsets), enumSigns };
};

/**
 * Reads BTF. Split BTF (a module's) needs the kernel's own as `base`. Every offset and id is
 * checked, when the type is decoded; damage throws KoboxError "bad-btf". Keeps `bytes`.
 */
export const readBtf = (bytes: Uint8Array, base?: Btf): Btf => {
  const { types, strings } = sectionsOf(bytes);
  const { offsets, enumSigns } = indexTypes(types);
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
      if (at === undefined) return bad(`type id ${wanted} does not exist`);
      return decode(types, at, { string, id, enumSigns });
    },
  };
};
