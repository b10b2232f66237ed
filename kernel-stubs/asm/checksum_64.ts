/** arch/x86/include/asm/checksum_64.h, as lib/checksum.c does it. */
import { foldSum, partialSum } from "../../src/kernel/net/checksum.ts";
import { stub } from "../../src/stub/declare.ts";

export const csumPartial = stub(
  "__wsum csum_partial(const void *buff, int len, __wsum sum)",
  (k, { buff, len, sum }) => (len <= 0 ? sum : partialSum(k.memory.bytes(buff, len), sum)),
);

export const ipComputeCsum = stub("__sum16 ip_compute_csum(const void *buff, int len)", (k, { buff, len }) =>
  len <= 0 ? 0xffff : foldSum(partialSum(k.memory.bytes(buff, len), 0)),
);
