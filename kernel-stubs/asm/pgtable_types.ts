/** arch/x86/include/asm/pgtable_types.h, as arch/x86/mm does it. */
import { stub, variable } from "../../src/stub/declare.ts";

/** Page-table bits of each enum page_cache_mode: WB, WC, UC-, UC, WT, WP (arch/x86/mm/init.c). */
const PROTECTION = [0x00n, 0x08n, 0x10n, 0x18n, 0x80n, 0x88n] as const;
const WRITE_COMBINING = 1;

export const cachemode2protval = stub(
  "unsigned long cachemode2protval(enum page_cache_mode pcm)",
  (_k, { pcm }) => PROTECTION[pcm] ?? 0n,
);

export const pgprotWritecombine = stub(
  "pgprot_t pgprot_writecombine(pgprot_t prot)",
  (_k, { prot }) => prot | PROTECTION[WRITE_COMBINING],
);

/** All bits may be used. */
export const pteMasks = ["__default_kernel_pte_mask", "__supported_pte_mask"].map((name) =>
  variable(`pteval_t ${name}`, (k, { address }) => k.memory.setU64(address, 0xffff_ffff_ffff_ffffn)),
);

/** By the page tables, for addresses outside the direct map, too; one that is not mapped is a BUG. */
export const slowVirtToPhys = stub("phys_addr_t slow_virt_to_phys(void *__virt_addr)", (k, { __virt_addr }) =>
  BigInt(k.machine.translate(__virt_addr) ?? 0),
);
