import type { ByteString } from "../../base/bytes.ts";
import { type PointerConversion, withObject } from "./conversion.ts";
import type { FlagName } from "./env.ts";
import { decimal, prefixedHex } from "./integer.ts";
import { errorString } from "./text.ts";

/** `%pGp`, `%pGg`, `%pGv`: page, allocation and mapping flags by reference. */
export const flagsString = (conversion: PointerConversion): ByteString =>
  withObject(conversion, (address) => {
    const { memory } = conversion.env;
    switch (conversion.suffix[1]) {
      case "p":
        return pageFlags(memory.u64(address));
      case "v":
        return namedFlags(memory.u64(address), vmaNames());
      case "g":
        return namedFlags(BigInt(memory.u32(address)), gfpNames());
      default:
        return errorString("(%pG?)", conversion.spec);
    }
  });

/** Names in table order, then what is left over in hexadecimal (`format_flags`). */
const namedFlags = (flags: bigint, names: readonly FlagName[]): ByteString => {
  let rest = flags;
  let text = "";
  for (const [mask, name] of names) {
    if (rest === 0n) break;
    if ((rest & mask) !== mask) continue;
    rest &= ~mask;
    text += rest === 0n ? name : `${name}|`;
  }
  return rest === 0n ? text : text + prefixedHex(rest);
};

/** Single bits in their printing order (include/trace/events/mmflags.h). */
const bits = (...pairs: readonly (readonly [bit: number, name: string])[]): FlagName[] =>
  pairs.map(([bit, name]) => [1n << BigInt(bit), name]);

const PAGE_FLAG_BITS = 25n;

const pageNames = (): FlagName[] =>
  bits(
    [0, "locked"],
    [7, "waiters"],
    [8, "error"],
    [1, "referenced"],
    [2, "uptodate"],
    [3, "dirty"],
    [4, "lru"],
    [5, "active"],
    [6, "workingset"],
    [9, "slab"],
    [10, "owner_priv_1"],
    [11, "arch_1"],
    [12, "reserved"],
    [13, "private"],
    [14, "private_2"],
    [15, "writeback"],
    [16, "head"],
    [17, "mappedtodisk"],
    [18, "reclaim"],
    [19, "swapbacked"],
    [20, "unevictable"],
    [21, "mlocked"],
    [22, "uncached"],
    [23, "hwpoison"],
    [24, "arch_2"],
  );

/** Fields above the flags: 10 bits of node, 3 of zone, 21 of last CPU and task (page-flags-layout.h). */
const pageFlags = (flags: bigint): ByteString => {
  const main = flags & ((1n << PAGE_FLAG_BITS) - 1n);
  const fields = [
    `node=${decimal(flags >> 54n)}`,
    `zone=${decimal((flags >> 51n) & 7n)}`,
    `lastcpupid=${prefixedHex((flags >> 30n) & 0x1fffffn)}`,
  ];
  const names = main === 0n ? [] : [namedFlags(main, pageNames())];
  return `${prefixedHex(flags)}(${[...names, ...fields].join("|")})`;
};

const vmaNames = (): FlagName[] =>
  bits(
    [0, "read"],
    [1, "write"],
    [2, "exec"],
    [3, "shared"],
    [4, "mayread"],
    [5, "maywrite"],
    [6, "mayexec"],
    [7, "mayshare"],
    [8, "growsdown"],
    [9, "uffd_missing"],
    [37, "uffd_minor"],
    [10, "pfnmap"],
    [12, "uffd_wp"],
    [13, "locked"],
    [14, "io"],
    [15, "seqread"],
    [16, "randread"],
    [17, "dontcopy"],
    [18, "dontexpand"],
    [19, "lockonfault"],
    [20, "account"],
    [21, "noreserve"],
    [22, "hugetlb"],
    [23, "sync"],
    [24, "pat"],
    [25, "wipeonfork"],
    [26, "dontdump"],
    [27, "softdirty"],
    [28, "mixedmap"],
    [29, "hugepage"],
    [30, "nohugepage"],
    [31, "mergeable"],
  );

/** The combinations first, as the kernel tries the masks with most bits first. */
const gfpNames = (): FlagName[] => [
  [0x1c24can, "GFP_TRANSHUGE"],
  [0x1c20can, "GFP_TRANSHUGE_LIGHT"],
  [0x100ccan, "GFP_HIGHUSER_MOVABLE"],
  [0x100cc2n, "GFP_HIGHUSER"],
  [0x100cc0n, "GFP_USER"],
  [0x400cc0n, "GFP_KERNEL_ACCOUNT"],
  [0xcc0n, "GFP_KERNEL"],
  [0xc40n, "GFP_NOFS"],
  [0xa20n, "GFP_ATOMIC"],
  [0xc00n, "GFP_NOIO"],
  [0x800n, "GFP_NOWAIT"],
  [0x01n, "GFP_DMA"],
  [0x02n, "__GFP_HIGHMEM"],
  [0x04n, "GFP_DMA32"],
  [0x20n, "__GFP_HIGH"],
  [0x200n, "__GFP_ATOMIC"],
  [0x40n, "__GFP_IO"],
  [0x80n, "__GFP_FS"],
  [0x2000n, "__GFP_NOWARN"],
  [0x4000n, "__GFP_RETRY_MAYFAIL"],
  [0x8000n, "__GFP_NOFAIL"],
  [0x10000n, "__GFP_NORETRY"],
  [0x40000n, "__GFP_COMP"],
  [0x100n, "__GFP_ZERO"],
  [0x80000n, "__GFP_NOMEMALLOC"],
  [0x20000n, "__GFP_MEMALLOC"],
  [0x100000n, "__GFP_HARDWALL"],
  [0x200000n, "__GFP_THISNODE"],
  [0x10n, "__GFP_RECLAIMABLE"],
  [0x08n, "__GFP_MOVABLE"],
  [0x400000n, "__GFP_ACCOUNT"],
  [0x1000n, "__GFP_WRITE"],
  [0xc00n, "__GFP_RECLAIM"],
  [0x400n, "__GFP_DIRECT_RECLAIM"],
  [0x800n, "__GFP_KSWAPD_RECLAIM"],
  [0x800000n, "__GFP_ZEROTAGS"],
];
