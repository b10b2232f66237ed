/** include/linux/key.h, as security/keys does it. */
import type { Address } from "../../src/base/address.ts";
import { isErr } from "../../src/base/err.ts";
import { EINVAL, EKEYEXPIRED, EKEYREVOKED, ENOENT, ENOKEY } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const NO_QUOTA = { level: { partial: "there are no quotas, and no permissions are asked for" } } as const;
const NAME_MAX = 4096;
/** KEY_PERM_UNDEF, and what is chosen for it. */
const [UNDEFINED, USUAL] = [0xffff_ffff, 0x3d01_0000];

/** key_ref_t: a reference carries in its lowest bit whether the key is possessed. */
const keyOf = (reference: Address): Address => reference - (reference & 1);
const asReference = (key: Address, like: Address): Address => key + (like & 1);

export const keyAlloc = stub(
  `struct key *key_alloc(struct key_type *type, const char *desc, kuid_t uid, kgid_t gid,
      const struct cred *cred, key_perm_t perm, unsigned long flags, struct key_restriction *restrict_link)`,
  {
    fails: ["EINVAL", "ENOMEM", "EDQUOT"],
    errPtr: true,
    sleeps: true,
    acquires: { key: "return" },
    ...NO_QUOTA,
  },
  function* (k, { type, desc, uid, gid, perm, flags }) {
    const wanted = { type, description: desc, uid: Number(uid), gid: Number(gid), perm: Number(perm) };
    return yield* k.keys.allocate({ ...wanted, flags: Number(flags) });
  },
);
export const keyringAlloc = stub(
  `struct key *keyring_alloc(const char *description, kuid_t uid, kgid_t gid, const struct cred *cred,
      key_perm_t perm, unsigned long flags, struct key_restriction *restrict_link, struct key *dest)`,
  {
    fails: ["EINVAL", "ENOMEM", "EDQUOT"],
    errPtr: true,
    sleeps: true,
    acquires: { key: "return" },
    ...NO_QUOTA,
  },
  function* (k, { description, uid, gid, perm, flags, dest }) {
    const type = k.keys.types.find("keyring");
    const wanted = { type, description, uid: Number(uid), gid: Number(gid), perm: Number(perm) };
    const key = yield* k.keys.allocate({ ...wanted, flags: Number(flags) });
    yield* k.keys.instantiate(key, { at: 0, length: 0 }, dest);
    return key;
  },
);
export const keyPut = stub(
  "void key_put(struct key *key)",
  { releases: { key: "key" } },
  function* (k, { key }) {
    if (key !== 0) yield* k.keys.put(key);
  },
);
export const keyCreateOrUpdate = stub(
  `struct __key_reference_with_attributes *key_create_or_update(struct __key_reference_with_attributes *keyring, const char *type, const char *description,
      const void *payload, size_t plen, key_perm_t perm, unsigned long flags)`,
  {
    fails: ["ENODEV", "EINVAL", "ENOTDIR", "ENOMEM"],
    errPtr: true,
    sleeps: true,
    acquires: { key: (_k, _args, result) => (isErr(Number(result)) ? undefined : keyOf(Number(result))) },
    ...NO_QUOTA,
  },
  function* (k, { keyring, type, description, payload, plen, perm, flags }) {
    const wanted = {
      description,
      uid: 0,
      gid: 0,
      perm: Number(perm) === UNDEFINED ? USUAL : Number(perm),
      flags: Number(flags),
    };
    const data = { at: payload, length: plen };
    const name = k.memory.cstring(type, NAME_MAX);
    return asReference(yield* k.keys.create(keyOf(keyring), name, wanted, data), keyring);
  },
);
export const keyInstantiateAndLink = stub(
  `int key_instantiate_and_link(struct key *key, const void *data, size_t datalen, struct key *keyring,
      struct key *authkey)`,
  { fails: ["EBUSY", "EINVAL", "ENOMEM"], sleeps: true },
  function* (k, { key, data, datalen, keyring, authkey }) {
    yield* k.keys.instantiate(key, { at: data, length: datalen }, keyring);
    if (authkey !== 0) yield* k.keys.invalidate(authkey);
    return 0;
  },
);

export const keyRevoke = stub("void key_revoke(struct key *key)", { sleeps: true }, function* (k, { key }) {
  yield* k.keys.revoke(key);
});
export const keyInvalidate = stub(
  "void key_invalidate(struct key *key)",
  { sleeps: true },
  function* (k, { key }) {
    yield* k.keys.invalidate(key);
  },
);

/** Seconds since 1970. */
const now = (k: Kernel): bigint => k.clock.realtime() / 1_000_000_000n;
export const keySetTimeout = stub(
  "void key_set_timeout(struct key *key, unsigned timeout)",
  (k, { key, timeout }) => {
    k.struct("key", key).expiry = timeout === 0 ? 0x7fff_ffff_ffff_ffffn : now(k) + BigInt(timeout);
  },
);

/** Bits of key->flags: revoked, invalidated. */
const [REVOKED, INVALIDATED] = [1n << 1n, 1n << 5n];
export const keyValidate = stub(
  "int key_validate(const struct key *key)",
  { fails: ["ENOKEY", "EKEYREVOKED", "EKEYEXPIRED"] },
  (k, { key }) => {
    const { flags, expiry } = k.struct("key", key);
    if ((flags & INVALIDATED) !== 0n) throw new Errno(ENOKEY);
    if ((flags & (REVOKED | 1n)) !== 0n) throw new Errno(EKEYREVOKED);
    if (now(k) >= expiry) throw new Errno(EKEYEXPIRED);
    return 0;
  },
);

export const keyLink = stub(
  "int key_link(struct key *keyring, struct key *key)",
  { fails: ["ENOTDIR", "EDQUOT", "ENOMEM"], sleeps: true },
  function* (k, { keyring, key }) {
    yield* k.keys.link(keyring, key);
    return 0;
  },
);
export const keyUnlink = stub(
  "int key_unlink(struct key *keyring, struct key *key)",
  { fails: ["ENOTDIR", "ENOENT"], sleeps: true },
  function* (k, { keyring, key }) {
    const before = k.struct("key", key).usage.refs.counter;
    yield* k.keys.unlink(keyring, key);
    if (k.struct("key", key).usage.refs.counter === before) throw new Errno(ENOENT);
    return 0;
  },
);
export const keyringClear = stub(
  "int keyring_clear(struct key *keyring)",
  { fails: ["ENOTDIR"], sleeps: true },
  function* (k, { keyring }) {
    yield* k.keys.clear(keyring);
    return 0;
  },
);
export const keyringSearch = stub(
  `struct __key_reference_with_attributes *keyring_search(struct __key_reference_with_attributes *keyring,
      struct key_type *type, const char *description, bool recurse)`,
  {
    fails: ["EAGAIN", "ENOTDIR", "EKEYREVOKED"],
    errPtr: true,
    sleeps: true,
    acquires: { key: (_k, _args, result) => (isErr(Number(result)) ? undefined : keyOf(Number(result))) },
    level: { partial: "keyrings inside of the keyring are not searched" },
  },
  (k, { keyring, type, description }) => {
    const text = k.memory.cstring(description, NAME_MAX);
    if (text === "") throw new Errno(EINVAL);
    return asReference(k.keys.search(keyOf(keyring), type, text), keyring);
  },
);

/** Nobody has a key, and /sbin/request-key, which would make one, is not there. */
const REQUESTS = {
  fails: ["ENOKEY"],
  errPtr: true,
  sleeps: true,
  level: { partial: "the keyrings of processes are empty, and no helper makes a key" },
} as const;
const none = (): never => {
  throw new Errno(ENOKEY);
};
export const requestKeyTag = stub(
  `struct key *request_key_tag(struct key_type *type, const char *description, struct key_tag *domain_tag,
      const char *callout_info)`,
  REQUESTS,
  none,
);
export const requestKeyWithAuxdata = stub(
  `struct key *request_key_with_auxdata(struct key_type *type, const char *description,
      struct key_tag *domain_tag, const void *callout_info, size_t callout_len, void *aux)`,
  REQUESTS,
  none,
);
export const requestKeyRcu = stub(
  "struct key *request_key_rcu(struct key_type *type, const char *description, struct key_tag *domain_tag)",
  { fails: REQUESTS.fails, errPtr: true, level: REQUESTS.level },
  none,
);
