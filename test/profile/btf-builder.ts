/** Writes BTF: types in order from id 1 (or after a base's last), names interned. */
export interface BtfBuilder {
  /** Adds a type; `words` are what follows its 12-byte head. Answers with its id. */
  add(kind: number, name: string, options?: TypeOptions): number;
  name(text: string): number;
  build(): Uint8Array;
}

export interface TypeOptions {
  /** The third word: a size or a type id. */
  readonly sizeOrType?: number;
  readonly count?: number;
  readonly flag?: number;
  readonly words?: readonly number[];
}

export const KIND = {
  INT: 1, PTR: 2, ARRAY: 3, STRUCT: 4, UNION: 5, ENUM: 6, FWD: 7, TYPEDEF: 8, VOLATILE: 9, CONST: 10,
  FUNC: 12, PROTO: 13, VAR: 14, DATASEC: 15, FLOAT: 16, TYPE_TAG: 18, ENUM64: 19,
} as const; // prettier-ignore

export const createBtfBuilder = (
  base: { strings: number; types: number } = { strings: 0, types: 0 },
): BtfBuilder => {
  const words: number[] = [];
  const names = new Map<string, number>();
  let strings = base.strings === 0 ? "\0" : "";
  let nextId = base.types + 1;
  const name = (text: string): number => {
    if (text === "") return 0;
    const known = names.get(text);
    if (known !== undefined) return known;
    const at = base.strings + strings.length;
    strings += `${text}\0`;
    names.set(text, at);
    return at;
  };
  return {
    name,
    add(kind, text, { sizeOrType = 0, count = 0, flag = 0, words: more = [] } = {}) {
      words.push(name(text), ((flag << 31) | (kind << 24) | count) >>> 0, sizeOrType, ...more);
      return nextId++;
    },
    build() {
      const bytes = Buffer.alloc(24 + words.length * 4 + strings.length);
      bytes.writeUInt16LE(0xeb9f, 0);
      bytes[2] = 1;
      [24, 0, words.length * 4, words.length * 4, strings.length].forEach((word, index) =>
        bytes.writeUInt32LE(word, 4 + index * 4),
      );
      words.forEach((word, index) => bytes.writeUInt32LE(word >>> 0, 24 + index * 4));
      bytes.write(strings, 24 + words.length * 4, "latin1");
      return bytes;
    },
  };
};
