/** SipHash over bytes (lib/siphash.c): 2-4 rounds, or 1-3 for HSipHash on 64-bit machines. */
const MASK = 2n ** 64n - 1n;

type State = [bigint, bigint, bigint, bigint];

const rotate = (value: bigint, by: bigint): bigint => ((value << by) | (value >> (64n - by))) & MASK;

const round = (v: State): void => {
  v[0] = (v[0] + v[1]) & MASK;
  v[1] = rotate(v[1], 13n) ^ v[0];
  v[0] = rotate(v[0], 32n);
  v[2] = (v[2] + v[3]) & MASK;
  v[3] = rotate(v[3], 16n) ^ v[2];
  v[0] = (v[0] + v[3]) & MASK;
  v[3] = rotate(v[3], 21n) ^ v[0];
  v[2] = (v[2] + v[1]) & MASK;
  v[1] = rotate(v[1], 17n) ^ v[2];
  v[2] = rotate(v[2], 32n);
};

export interface Rounds {
  readonly word: number;
  readonly end: number;
}

export const SIPHASH: Rounds = { word: 2, end: 4 };
export const HSIPHASH: Rounds = { word: 1, end: 3 };

const rounds = (v: State, count: number): void => {
  for (let done = 0; done < count; done++) round(v);
};

/** 64 bits; `key` as two little-endian words. */
export const sipHash = (bytes: Uint8Array, key: readonly [bigint, bigint], kind: Rounds): bigint => {
  const v: State = [
    key[0] ^ 0x736f6d6570736575n,
    key[1] ^ 0x646f72616e646f6dn,
    key[0] ^ 0x6c7967656e657261n,
    key[1] ^ 0x7465646279746573n,
  ];
  const padded = new Uint8Array(Math.floor(bytes.length / 8) * 8 + 8);
  padded.set(bytes);
  padded[padded.length - 1] = bytes.length & 0xff;
  const view = new DataView(padded.buffer);
  for (let at = 0; at < padded.length; at += 8) {
    const word = view.getBigUint64(at, true);
    v[3] ^= word;
    rounds(v, kind.word);
    v[0] ^= word;
  }
  v[2] ^= 0xffn;
  rounds(v, kind.end);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
};
