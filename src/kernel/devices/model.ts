/** Bytes of one access. */
export type AccessSize = 1 | 2 | 4 | 8;

/**
 * A device as the guest sees it: what reading and writing its registers comes to. Offsets count from
 * the start of the region; each access of the guest is one call, with its own size. A model that
 * keeps state between calls and is to work with snapshots keeps it in the kernel's journal.
 */
export interface DeviceModel {
  /** Unsigned; a bigint where 8 bytes do not fit a number. */
  read(offset: number, size: AccessSize): number | bigint;
  write(offset: number, size: AccessSize, value: bigint): void;
}

/** Registers in memory of their own, device by device, for models and for what nobody has modelled. */
export const memoryModel = (bytes: Uint8Array): DeviceModel => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const inside = (offset: number, size: number): boolean => offset >= 0 && offset + size <= bytes.length;
  return {
    read(offset, size) {
      if (!inside(offset, size)) return allOnes(size);
      if (size === 8) return view.getBigUint64(offset, true);
      return size === 4
        ? view.getUint32(offset, true)
        : size === 2
          ? view.getUint16(offset, true)
          : view.getUint8(offset);
    },
    write(offset, size, value) {
      if (!inside(offset, size)) return;
      for (let index = 0; index < size; index += 1)
        bytes[offset + index] = Number((value >> BigInt(index * 8)) & 0xffn);
    },
  };
};

/** What a bus answers where no device is. */
export const allOnes = (size: AccessSize): bigint => (1n << BigInt(size * 8)) - 1n;
