/** include/linux/nfs_ssc.h, as fs/nfs_common/nfs_ssc.c does it: copying between servers. */
import type { Address } from "../../src/base/address.ts";
import { imageVariable } from "../../src/kernel/image-variable.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub, variable } from "../../src/stub/declare.ts";

/** The two pointers of struct nfs_ssc_client_ops_tbl, which no exported function mentions. */
const MEMBERS = { ssc_nfs4_ops: 0, ssc_nfs_ops: 8 } as const;
type Member = keyof typeof MEMBERS;

export const nfsSscClientTbl = variable("struct nfs_ssc_client_ops_tbl nfs_ssc_client_tbl", () => {});

const member = (k: Kernel, name: Member): Address =>
  imageVariable(k, "nfs_ssc_client_tbl", 16) + MEMBERS[name];
const set = (k: Kernel, name: Member, ops: Address): void => k.memory.setPointer(member(k, name), ops);
const clear = (k: Kernel, name: Member, ops: Address): void => {
  if (k.memory.pointer(member(k, name)) === ops) k.memory.setPointer(member(k, name), 0);
};

export const nfs42SscRegister = stub(
  "void nfs42_ssc_register(const struct nfs4_ssc_client_ops *ops)",
  { acquires: { ssc_client: "ops" } },
  (k, { ops }) => set(k, "ssc_nfs4_ops", ops),
);
export const nfs42SscUnregister = stub(
  "void nfs42_ssc_unregister(const struct nfs4_ssc_client_ops *ops)",
  { releases: { ssc_client: "ops" } },
  (k, { ops }) => clear(k, "ssc_nfs4_ops", ops),
);
export const nfsSscRegister = stub(
  "void nfs_ssc_register(const struct nfs_ssc_client_ops *ops)",
  { acquires: { ssc_client: "ops" } },
  (k, { ops }) => set(k, "ssc_nfs_ops", ops),
);
export const nfsSscUnregister = stub(
  "void nfs_ssc_unregister(const struct nfs_ssc_client_ops *ops)",
  { releases: { ssc_client: "ops" } },
  (k, { ops }) => clear(k, "ssc_nfs_ops", ops),
);
