/** Internet checksums (lib/checksum.c): a sum of 32 bits that is still to be folded. */

/** csum_partial() */
export const partialSum = (data: Uint8Array, start: number): number => {
  let sum = start;
  for (let at = 0; at < data.length; at += 2) {
    sum += (data[at] ?? 0) | ((data[at + 1] ?? 0) << 8);
    if (sum >= 2 ** 32) sum -= 2 ** 32 - 1;
  }
  return sum >>> 0;
};

/** csum_fold() */
export const foldSum = (sum: number): number => {
  let folded = (sum & 0xffff) + (sum >>> 16);
  folded = (folded & 0xffff) + (folded >>> 16);
  return ~folded & 0xffff;
};
