import { GuestFault } from "../../../src/base/errors.ts";
import { byteStringToBytes, bytesToByteString } from "../../../src/base/bytes.ts";
import type { GuestMemory } from "../../../src/machine/memory.ts";

export interface TestMemory extends GuestMemory {
  /** Places bytes, 16-byte aligned with a gap behind; returns their address. */
  place(bytes: ArrayLike<number>): number;
  placeString(text: string): number;
}

const BASE = -0x778000000000;
const SIZE = 1 << 20;

/** One mapped megabyte at 0xffff888000000000; everything else faults. */
export const createTestMemory = (): TestMemory => {
  const view = new DataView(new ArrayBuffer(SIZE));
  const all = new Uint8Array(view.buffer);
  let used = 4096;
  const at = (address: number, size: number, write = false): number => {
    const offset = address - BASE;
    if (offset < 0 || offset + size > SIZE) throw new GuestFault(address, { write, present: false });
    return offset;
  };
  const memory: TestMemory = {
    u8: (a) => view.getUint8(at(a, 1)),
    u16: (a) => view.getUint16(at(a, 2), true),
    u32: (a) => view.getUint32(at(a, 4), true),
    i32: (a) => view.getInt32(at(a, 4), true),
    u64: (a) => view.getBigUint64(at(a, 8), true),
    i64: (a) => view.getBigInt64(at(a, 8), true),
    pointer: (a) => Number(view.getBigInt64(at(a, 8), true)),
    setU8: (a, v) => view.setUint8(at(a, 1, true), v),
    setU16: (a, v) => view.setUint16(at(a, 2, true), v, true),
    setU32: (a, v) => view.setUint32(at(a, 4, true), v, true),
    setU64: (a, v) => view.setBigUint64(at(a, 8, true), v, true),
    setHalves: (a, low, high) => {
      view.setUint32(at(a, 8, true), low, true);
      view.setUint32(at(a + 4, 4, true), high, true);
    },
    setPointer: (a, v) => view.setBigInt64(at(a, 8, true), BigInt(v), true),
    bytes: (a, length) => all.slice(at(a, length), at(a, length) + length),
    write: (a, bytes) => all.set(bytes, at(a, bytes.length, true)),
    fill: (a, value, length) => {
      all.fill(value, at(a, length, true), at(a, length, true) + length);
    },
    cstring(a, limit = Infinity) {
      const start = at(a, 1);
      const end = all.indexOf(0, start);
      return bytesToByteString(all.subarray(start, Math.min(end, start + limit)));
    },
    setCstring: (a, text) => memory.write(a, byteStringToBytes(`${text}\0`)),
    accessible: (a, length) => a >= BASE && a + length <= BASE + SIZE,
    place(bytes) {
      const address = BASE + used;
      all.set(Uint8Array.from(bytes), used);
      used += Math.ceil((bytes.length + 16) / 16) * 16;
      return address;
    },
    placeString: (text) => memory.place(byteStringToBytes(`${text}\0`)),
  };
  return memory;
};
