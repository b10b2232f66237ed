import { type Address, PAGE_SIZE, addressFromHalves, highHalf, lowHalf } from "../base/address.ts";
import { type ByteString, byteStringToBytes, bytesToByteString } from "../base/bytes.ts";
import { GuestFault, RunEnd } from "../base/errors.ts";
import type { GuestMemory } from "./memory.ts";
import { PTE, type PageTables } from "./paging.ts";
import type { Ram } from "./ram.ts";

/** Which half of the address space host code may touch; the other half faults, as SMAP does. */
export type Half = "kernel" | "user";

/** Texts kept by address, and their greatest length. */
const KEPT_TEXTS = 256;
const KEPT_LENGTH = 200;

/** A list of the guest's may be a ring: no kernel function looks at memory as often as this. */
const MOST_LOOKUPS = 10_000_000;
const endlessWalk = (): RunEnd =>
  new RunEnd("hang", "a kernel function walks a structure that has no end: the guest has broken it");

/** Bytes that may be read without a look at where they end. */
const TRUSTED = 1 << 20;

/** `bring` may still make an absent page present. */
export const createGuestMemory = (
  ram: Ram,
  tables: PageTables,
  half: Half,
  bring: (address: Address) => boolean,
): GuestMemory => {
  const { words, view, bytes, work } = ram;
  const wanted = half === "user" ? PTE.USER : 0;

  /** Physical byte address behind `address`, or a fault. */
  const resolve = (address: Address, write: boolean): number => {
    if ((work.lookups += 1) > MOST_LOOKUPS) {
      work.lookups = 0;
      throw endlessWalk();
    }
    const entry = tables.find(address);
    const low = entry < 0 ? 0 : (words[entry] ?? 0);
    if ((low & PTE.PRESENT) === 0) {
      if (bring(address)) return resolve(address, write);
      throw new GuestFault(address, { write, present: false });
    }
    if ((low & PTE.USER) !== wanted || (write && (low & PTE.WRITE) === 0)) {
      throw new GuestFault(address, { write, present: true });
    }
    if (write) ram.touch(low >>> 12);
    return ((low & 0xfffff000) >>> 0) + (address & 0xfff);
  };
  /** Calls `part` for each piece of the range that lies in one page. */
  const pieces = (
    address: Address,
    length: number,
    write: boolean,
    part: (physical: number, offset: number, size: number) => void,
  ): void => {
    for (let offset = 0; offset < length;) {
      const at = address + offset;
      const size = Math.min(length - offset, PAGE_SIZE - (at & 0xfff));
      part(resolve(at, write), offset, size);
      offset += size;
    }
  };
  const crosses = (address: Address, size: number): boolean => (address & 0xfff) > PAGE_SIZE - size;
  /** Texts read before: most are constants, and comparing is quicker than decoding. */
  const texts = new Map<Address, ByteString>();
  const stillThere = (address: Address, text: ByteString): boolean => {
    if ((address & 0xfff) + text.length >= PAGE_SIZE) return false;
    const physical = resolve(address, false);
    for (let index = 0; index < text.length; index += 1) {
      if (bytes[physical + index] !== text.charCodeAt(index)) return false;
    }
    return bytes[physical + text.length] === 0;
  };
  const keep = (address: Address, text: ByteString): void => {
    if (text.length > KEPT_LENGTH) return;
    if (texts.size >= KEPT_TEXTS) texts.clear();
    texts.set(address, text);
  };
  const readText = (address: Address, limit: number): ByteString => {
    let text: ByteString = "";
    while (text.length < limit) {
      const at = address + text.length;
      const physical = resolve(at, false);
      const size = Math.min(limit - text.length, PAGE_SIZE - (at & 0xfff));
      const chunk = bytes.subarray(physical, physical + size);
      const end = chunk.indexOf(0);
      text += bytesToByteString(end < 0 ? chunk : chunk.subarray(0, end));
      if (end >= 0) break;
    }
    return text;
  };
  const readBytes = (address: Address, length: number): Uint8Array => {
    // A guest's size may be anything: what is not all there must fault before room is made for it.
    if (length < 0 || length > TRUSTED) pieces(address, length < 0 ? Infinity : length, false, () => {});
    const out = new Uint8Array(length);
    pieces(address, length, false, (physical, offset, size) => {
      out.set(bytes.subarray(physical, physical + size), offset);
    });
    return out;
  };
  const writeBytes = (address: Address, data: Uint8Array): void => {
    pieces(address, data.length, true, (physical, offset, size) => {
      bytes.set(data.subarray(offset, offset + size), physical);
    });
  };
  const crossingRead = (address: Address, size: number): DataView =>
    new DataView(readBytes(address, size).buffer);
  const crossingWrite = (address: Address, size: number, fill: (view: DataView) => void): void => {
    const data = new Uint8Array(size);
    fill(new DataView(data.buffer));
    writeBytes(address, data);
  };

  const u32 = (address: Address): number =>
    crosses(address, 4)
      ? crossingRead(address, 4).getUint32(0, true)
      : view.getUint32(resolve(address, false), true);
  const setU32 = (address: Address, value: number): void => {
    if (crosses(address, 4)) crossingWrite(address, 4, (v) => v.setUint32(0, value, true));
    else view.setUint32(resolve(address, true), value, true);
  };

  const setHalves = (address: Address, low: number, high: number): void => {
    if (crosses(address, 8)) {
      crossingWrite(address, 8, (v) => {
        v.setUint32(0, low, true);
        v.setUint32(4, high, true);
      });
      return;
    }
    const physical = resolve(address, true);
    view.setUint32(physical, low, true);
    view.setUint32(physical + 4, high, true);
  };
  return {
    u8: (address) => view.getUint8(resolve(address, false)),
    u16: (address) =>
      crosses(address, 2)
        ? crossingRead(address, 2).getUint16(0, true)
        : view.getUint16(resolve(address, false), true),
    u32,
    i32: (address) => u32(address) | 0,
    u64: (address) =>
      crosses(address, 8)
        ? crossingRead(address, 8).getBigUint64(0, true)
        : view.getBigUint64(resolve(address, false), true),
    i64: (address) =>
      crosses(address, 8)
        ? crossingRead(address, 8).getBigInt64(0, true)
        : view.getBigInt64(resolve(address, false), true),
    pointer(address) {
      if (crosses(address, 8)) {
        const piece = crossingRead(address, 8);
        return addressFromHalves(piece.getUint32(0, true), piece.getUint32(4, true));
      }
      const physical = resolve(address, false);
      return addressFromHalves(view.getUint32(physical, true), view.getUint32(physical + 4, true));
    },
    setU8: (address, value) => view.setUint8(resolve(address, true), value),
    setU16(address, value) {
      if (crosses(address, 2)) crossingWrite(address, 2, (v) => v.setUint16(0, value, true));
      else view.setUint16(resolve(address, true), value, true);
    },
    setU32,
    setU64(address, value) {
      if (crosses(address, 8)) crossingWrite(address, 8, (v) => v.setBigUint64(0, value, true));
      else view.setBigUint64(resolve(address, true), value, true);
    },
    setHalves,
    setPointer: (address, value) => setHalves(address, lowHalf(value), highHalf(value)),
    bytes: readBytes,
    write: writeBytes,
    fill(address, value, length) {
      pieces(address, length, true, (physical, _offset, size) => {
        bytes.fill(value, physical, physical + size);
      });
    },
    cstring(address, limit = Infinity) {
      if (limit !== Infinity) return readText(address, limit);
      const known = texts.get(address);
      if (known !== undefined && stillThere(address, known)) return known;
      const text = readText(address, limit);
      keep(address, text);
      return text;
    },
    setCstring: (address, text) => writeBytes(address, byteStringToBytes(`${text}\0`)),
    accessible(address, length, access) {
      try {
        pieces(address, length, access === "write", () => {});
        return true;
      } catch (error) {
        if (error instanceof GuestFault) return false;
        throw error;
      }
    },
  };
};
