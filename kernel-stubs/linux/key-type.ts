/** include/linux/key-type.h: kinds of keys, as security/keys/key.c does it. */
import { takeOver } from "../../src/kernel/keys/payload.ts";
import { stub } from "../../src/stub/declare.ts";

export const registerKeyType = stub(
  "int register_key_type(struct key_type *ktype)",
  { fails: ["EEXIST"], sleeps: true, acquires: { key_type: "ktype" } },
  (k, { ktype }) => {
    k.keys.types.register(ktype);
    return 0;
  },
);
/** Keys of that kind are dead from now on. */
export const unregisterKeyType = stub(
  "void unregister_key_type(struct key_type *ktype)",
  { sleeps: true, releases: { key_type: "ktype" } },
  function* (k, { ktype }) {
    yield* k.keys.endType(ktype);
    k.keys.types.unregister(ktype);
  },
);
export const genericKeyInstantiate = stub(
  "int generic_key_instantiate(struct key *key, struct key_preparsed_payload *prep)",
  { fails: ["EDQUOT"] },
  (k, { key, prep }) => {
    takeOver(k, key, prep);
    return 0;
  },
);
export const keyPayloadReserve = stub(
  "int key_payload_reserve(struct key *key, size_t datalen)",
  { fails: ["EDQUOT"], level: { partial: "there are no quotas" } },
  (k, { key, datalen }) => {
    k.struct("key", key).datalen = datalen;
    return 0;
  },
);
