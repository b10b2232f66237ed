/** Digests, by node:crypto where it has them. States are values: a new one with each update. */
import { type Hash, createHash } from "node:crypto";
import { type Crc, plainCrc, plainTable, reflectedCrc, reflectedTable } from "../data/crc.ts";

export interface HashState {
  update(data: Uint8Array): HashState;
  digest(): Uint8Array;
}

const nodeState = (hash: Hash): HashState => ({
  update: (data) => nodeState(hash.copy().update(data)),
  digest: () => hash.copy().digest(),
});

export const nodeHash = (name: string): HashState => nodeState(createHash(name));

/** RFC 2104 over any hash. */
export const hmac = (start: () => HashState, blockSize: number, key: Uint8Array): HashState => {
  const short = key.length > blockSize ? start().update(key).digest() : key;
  const pad = (byte: number): Uint8Array =>
    Uint8Array.from({ length: blockSize }, (_, index) => (short[index] ?? 0) ^ byte);
  const outer = start().update(pad(0x5c));
  const state = (inner: HashState): HashState => ({
    update: (data) => state(inner.update(data)),
    digest: () => outer.update(inner.digest()).digest(),
  });
  return state(start().update(pad(0x36)));
};

/** A remainder that is the whole state of a hash, kept where the guest sees and may set it. */
export interface Checksum {
  readonly crc: Crc;
  readonly bytes: 2 | 4;
  /** All ones at the start, and inverted at the end. */
  readonly inverted: boolean;
}

const checksum = (crc: Crc, bytes: 2 | 4, inverted: boolean): Checksum => ({ crc, bytes, inverted });

export const CRC32C = checksum(reflectedCrc(reflectedTable(0x82f6_3b78)), 4, true);
export const CRC32 = checksum(reflectedCrc(reflectedTable(0xedb8_8320)), 4, false);
export const CRCT10DIF = checksum(plainCrc(plainTable(0x8bb7, 16), 16), 2, false);

const P1 = 0x9e37_79b1_85eb_ca87n;
const P2 = 0xc2b2_ae3d_27d4_eb4fn;
const P3 = 0x1656_67b1_9e37_79f9n;
const P4 = 0x85eb_ca77_c2b2_ae63n;
const P5 = 0x27d4_eb2f_1656_67c5n;
const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotate = (value: bigint, by: bigint): bigint => u64((value << by) | (u64(value) >> (64n - by)));
const round = (lane: bigint, input: bigint): bigint => u64(rotate(u64(lane + input * P2), 31n) * P1);

/** The four lanes over whole stripes of 32 bytes, folded into one. */
const xxhStripes = (view: DataView, end: number): bigint => {
  const lanes = [u64(P1 + P2), P2, 0n, u64(-P1)];
  for (let at = 0; at < end; at += 32) {
    for (const [index, lane] of lanes.entries()) {
      lanes[index] = round(lane, view.getBigUint64(at + index * 8, true));
    }
  }
  const sum = lanes.reduce((total, lane, index) => total + rotate(lane, [1n, 7n, 12n, 18n][index] ?? 0n), 0n);
  return lanes.reduce((hash, lane) => u64((hash ^ round(0n, lane)) * P1 + P4), u64(sum));
};

/** xxHash of 64 bits, seed 0, of the whole input. */
const xxh64 = (data: Uint8Array): Uint8Array => {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let at = data.length - (data.length % 32);
  let hash = u64((at > 0 ? xxhStripes(view, at) : P5) + BigInt(data.length));
  for (; at + 8 <= data.length; at += 8) {
    hash = u64(rotate(hash ^ round(0n, view.getBigUint64(at, true)), 27n) * P1 + P4);
  }
  for (; at + 4 <= data.length; at += 4) {
    hash = u64(rotate(hash ^ u64(BigInt(view.getUint32(at, true)) * P1), 23n) * P2 + P3);
  }
  for (; at < data.length; at += 1) hash = u64(rotate(hash ^ u64(BigInt(data[at] ?? 0) * P5), 11n) * P1);
  hash = u64((hash ^ (hash >> 33n)) * P2);
  hash = u64((hash ^ (hash >> 29n)) * P3);
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, hash ^ (hash >> 32n), true);
  return out;
};

export const xxhash64 = (before: readonly Uint8Array[] = []): HashState => ({
  update: (data) => xxhash64([...before, data.slice()]),
  digest: () => xxh64(Uint8Array.from(Buffer.concat(before))),
});
