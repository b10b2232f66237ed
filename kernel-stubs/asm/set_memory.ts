/** arch/x86/include/asm/set_memory.h, as arch/x86/mm/pat/set_memory.c does it: caching makes no difference here. */
import { stub } from "../../src/stub/declare.ts";

const BY_ADDRESS = [
  "int set_memory_wb(unsigned long addr, int numpages)",
  "int set_memory_uc(unsigned long addr, int numpages)",
  "int set_memory_wc(unsigned long addr, int numpages)",
] as const;
const BY_PAGE = [
  "int set_pages_uc(struct page *page, int numpages)",
  "int set_pages_wb(struct page *page, int numpages)",
] as const;
const BY_ARRAY = [
  "int set_pages_array_uc(struct page **pages, int numpages)",
  "int set_pages_array_wc(struct page **pages, int numpages)",
  "int set_pages_array_wb(struct page **pages, int numpages)",
] as const;
const CHANGES = { fails: ["ENOMEM", "EINVAL"], sleeps: true } as const;

export const setMemory = [
  ...BY_ADDRESS.map((prototype) => stub(prototype, CHANGES, () => 0)),
  ...BY_PAGE.map((prototype) => stub(prototype, CHANGES, () => 0)),
  ...BY_ARRAY.map((prototype) => stub(prototype, CHANGES, () => 0)),
];

/** No memory is encrypted: there is nothing to change. */
export const memoryEncryption = [
  stub(
    "int set_memory_encrypted(unsigned long addr, int numpages)",
    { fails: ["ENOMEM", "EINVAL"] },
    () => 0,
  ),
  stub(
    "int set_memory_decrypted(unsigned long addr, int numpages)",
    { fails: ["ENOMEM", "EINVAL"] },
    () => 0,
  ),
];
