/** include/linux/uidgid.h, as kernel/user_namespace.c does it: ids are what they are in the first user namespace. */
import { stub } from "../../src/stub/declare.ts";

const OVERFLOW = 65534;
const INVALID = 0xffff_ffff;
export const fromKuid = stub("uid_t from_kuid(struct user_namespace *targ, kuid_t kuid)", (_k, { kuid }) =>
  Number(kuid),
);
export const fromKgid = stub("gid_t from_kgid(struct user_namespace *targ, kgid_t kgid)", (_k, { kgid }) =>
  Number(kgid),
);
const munged = (id: number): number => (id === INVALID ? OVERFLOW : id);
export const fromKuidMunged = stub(
  "uid_t from_kuid_munged(struct user_namespace *targ, kuid_t kuid)",
  (_k, { kuid }) => munged(Number(kuid)),
);
export const fromKgidMunged = stub(
  "gid_t from_kgid_munged(struct user_namespace *targ, kgid_t kgid)",
  (_k, { kgid }) => munged(Number(kgid)),
);

export const makeKuid = stub("kuid_t make_kuid(struct user_namespace *ns, uid_t uid)", (_k, { uid }) => uid);
export const makeKgid = stub("kgid_t make_kgid(struct user_namespace *ns, gid_t gid)", (_k, { gid }) => gid);
