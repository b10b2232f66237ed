/** include/linux/stringhash.h, as fs/namei.c does it a word at a time (DCACHE_WORD_ACCESS). */
import { nameHash } from "../../src/kernel/data/name-hash.ts";
import { stub } from "../../src/stub/declare.ts";

export const fullNameHash = stub(
  "unsigned int full_name_hash(const void *salt, const char *name, unsigned int len)",
  (k, { salt, name, len }) => nameHash(k, salt, name, len),
);

/** The length in the upper half, the hash in the lower. */
export const hashlenString = stub(
  "u64 hashlen_string(const void *salt, const char *name)",
  (k, { salt, name }) => {
    const { length } = k.memory.cstring(name);
    return (BigInt(length) << 32n) | BigInt(nameHash(k, salt, name, length));
  },
);
