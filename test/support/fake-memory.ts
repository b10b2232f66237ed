import { type Address, addressFromHalves, highHalf, lowHalf } from "../../src/base/address.ts";
import { byteStringToBytes, bytesToByteString } from "../../src/base/bytes.ts";
import { GuestFault } from "../../src/base/errors.ts";
import type { GuestMemory } from "../../src/machine/memory.ts";

/** A stretch of guest memory; `data` is its content, to be looked at by tests. */
export interface FakeRegion {
  readonly start: Address;
  readonly data: Uint8Array;
  readonly writable: boolean;
}

export interface FakeMemory extends GuestMemory {
  /** Adds a region; everything outside regions faults. */
  map(start: Address, length: number, options?: { writable?: boolean }): FakeRegion;
}

/** Guest memory without a machine: a few byte arrays at chosen addresses. */
export const createFakeMemory = (): FakeMemory => {
  const regions: FakeRegion[] = [];

  const locate = (address: Address, length: number, write: boolean): [DataView, number] => {
    for (const { start, data, writable } of regions) {
      const offset = address - start;
      if (offset < 0 || offset >= data.length) continue;
      if (offset + length > data.length) throw new GuestFault(start + data.length, { write, present: false });
      if (write && !writable) throw new GuestFault(address, { write, present: true });
      return [new DataView(data.buffer, data.byteOffset), offset];
    }
    throw new GuestFault(address, { write, present: false });
  };
  const read = <T>(address: Address, length: number, get: (view: DataView, at: number) => T): T =>
    get(...locate(address, length, false));
  const write = (address: Address, length: number, set: (view: DataView, at: number) => void): void =>
    set(...locate(address, length, true));
  const bytes = (address: Address, length: number): Uint8Array =>
    length === 0
      ? new Uint8Array(0)
      : read(address, length, (v, at) => new Uint8Array(v.buffer, v.byteOffset + at, length).slice());

  return {
    map(start, length, options = {}) {
      const region = { start, data: new Uint8Array(length), writable: options.writable ?? true };
      regions.push(region);
      return region;
    },
    u8: (a) => read(a, 1, (v, at) => v.getUint8(at)),
    u16: (a) => read(a, 2, (v, at) => v.getUint16(at, true)),
    u32: (a) => read(a, 4, (v, at) => v.getUint32(at, true)),
    i32: (a) => read(a, 4, (v, at) => v.getInt32(at, true)),
    u64: (a) => read(a, 8, (v, at) => v.getBigUint64(at, true)),
    i64: (a) => read(a, 8, (v, at) => v.getBigInt64(at, true)),
    pointer: (a) =>
      read(a, 8, (v, at) => addressFromHalves(v.getUint32(at, true), v.getUint32(at + 4, true))),
    setU8: (a, value) => write(a, 1, (v, at) => v.setUint8(at, value)),
    setU16: (a, value) => write(a, 2, (v, at) => v.setUint16(at, value, true)),
    setU32: (a, value) => write(a, 4, (v, at) => v.setUint32(at, value, true)),
    setU64: (a, value) => write(a, 8, (v, at) => v.setBigUint64(at, value, true)),
    setHalves: (a, low, high) =>
      write(a, 8, (v, at) => {
        v.setUint32(at, low, true);
        v.setUint32(at + 4, high, true);
      }),
    setPointer: (a, value) =>
      write(a, 8, (v, at) => {
        v.setUint32(at, lowHalf(value), true);
        v.setUint32(at + 4, highHalf(value), true);
      }),
    bytes,
    write(a, data) {
      data.forEach((byte, index) => write(a + index, 1, (v, at) => v.setUint8(at, byte)));
    },
    fill(a, value, length) {
      for (let index = 0; index < length; index++) write(a + index, 1, (v, at) => v.setUint8(at, value));
    },
    cstring(a, limit = Infinity) {
      const out: number[] = [];
      while (out.length < limit) {
        const byte = read(a + out.length, 1, (v, at) => v.getUint8(at));
        if (byte === 0) break;
        out.push(byte);
      }
      return bytesToByteString(Uint8Array.from(out));
    },
    setCstring(a, text) {
      this.write(a, byteStringToBytes(`${text}\0`));
    },
    accessible(a, length, access) {
      try {
        for (let index = 0; index < length; index++) locate(a + index, 1, access === "write");
        return true;
      } catch {
        return false;
      }
    },
  };
};
