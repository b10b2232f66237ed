/** Keys and keyrings (security/keys). They live in kernel memory until the last reference is gone. */
import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { EAGAIN, EINVAL, EKEYREVOKED, ENODEV, ENOTDIR } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { initList } from "../data/guest-list.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { DEFERRED_CALLERS } from "../oops/callers.ts";
import type { Routine } from "../routine.ts";
import { destroyPayload, freePayload, instantiate, newPayload, prepare } from "./payload.ts";
import { type KeyTypes, createKeyTypes } from "./types.ts";

const MAX_DESCRIPTION = 4096;
const FIRST_SERIAL = 0x1000_0000;
const TIME64_MAX = 0x7fff_ffff_ffff_ffffn;
const POSITIVE = 1;
/** Bits of key->flags. */
const FLAG = { DEAD: 0n, REVOKED: 1n, IN_QUOTA: 2n, INVALIDATED: 5n, BUILTIN: 6n } as const;
/** KEY_ALLOC_NOT_IN_QUOTA, KEY_ALLOC_BUILT_IN */
const [NOT_IN_QUOTA, BUILT_IN] = [2, 4];

export interface NewKey {
  readonly type: Address;
  readonly description: Address;
  readonly uid: number;
  readonly gid: number;
  readonly perm: number;
  readonly flags: number;
}
export interface KeyData {
  readonly at: Address;
  readonly length: number;
}

export interface Keys {
  readonly types: KeyTypes;
  /** key_alloc(): with one reference. Errno EINVAL, and what the type says of the description. */
  allocate(key: NewKey): Routine<Address>;
  /** key_instantiate_and_link(). The type's Errno. */
  instantiate(key: Address, data: KeyData, keyring: Address): Routine<void>;
  /** key_create_or_update(): the key, with a reference. Errno ENODEV, EINVAL, ENOTDIR, and the type's. */
  create(keyring: Address, type: ByteString, key: Omit<NewKey, "type">, data: KeyData): Routine<Address>;
  /** Errno ENOTDIR. */
  link(keyring: Address, key: Address): Routine<void>;
  unlink(keyring: Address, key: Address): Routine<void>;
  clear(keyring: Address): Routine<void>;
  /** With a reference. Errno EAGAIN, ENOTDIR, EKEYREVOKED. */
  search(keyring: Address, type: Address, description: ByteString): Address;
  put(key: Address): Routine<void>;
  revoke(key: Address): Routine<void>;
  invalidate(key: Address): Routine<void>;
  /** The keys of a kind die with it. */
  endType(type: Address): Routine<void>;
}

interface Known {
  /** Of a keyring: what is linked into it. */
  links: readonly Address[];
}

export const createKeys = (k: Kernel): Keys => {
  const known: JournalMap<Address, Known> = k.journal.map();
  const garbage = k.journal.set<Address>();
  const state = { serial: FIRST_SERIAL };
  const types = createKeyTypes(k);
  const view = (key: Address) => k.struct("key", key);
  const has = (key: Address, flag: bigint): boolean => (view(key).flags & (1n << flag)) !== 0n;
  const set = (key: Address, flag: bigint): void => void (view(key).flags |= 1n << flag);
  const linksOf = (keyring: Address): Known => {
    const found = known.get(keyring);
    if (found === undefined || types.own(view(keyring).type) !== "keyring") throw new Errno(ENOTDIR);
    return found;
  };
  const describe = (key: Address): ByteString => k.memory.cstring(view(key).description, MAX_DESCRIPTION);

  /** key_garbage_collector(): keys that nobody refers to any more end. */
  function* collect(): Routine<number> {
    for (const key of garbage.values()) {
      garbage.delete(key);
      const { links } = known.get(key) ?? { links: [] };
      known.delete(key);
      if (!has(key, FLAG.DEAD)) yield* destroyPayload(k, key);
      for (const link of links) yield* put(link);
      k.heap.kfree(view(key).description);
      k.heap.kfree(key);
    }
    return 0;
  }
  /** key_put(): a worker does the rest. */
  function* put(key: Address): Routine<void> {
    const { refs } = view(key).usage;
    refs.counter -= 1;
    if (refs.counter !== 0 || !known.has(key)) return;
    if (garbage.size === 0)
      k.tasks.spawn({ comm: "kworker/0:0", kind: "kthread", callers: DEFERRED_CALLERS.work }, collect());
    garbage.add(key);
  }
  function* replace(keyring: Address, keep: (key: Address) => boolean, add?: Address): Routine<void> {
    const own = linksOf(keyring);
    const gone = own.links.filter((key) => !keep(key));
    const rest = own.links.filter(keep);
    k.journal.touch(own).links = add === undefined ? rest : [...rest, add];
    for (const key of gone) yield* put(key);
  }
  /** A keyring holds one key of a kind and a description. */
  function* link(keyring: Address, key: Address): Routine<void> {
    linksOf(keyring);
    const same = (other: Address): boolean =>
      view(other).type === view(key).type && describe(other) === describe(key);
    view(key).usage.refs.counter += 1;
    yield* replace(keyring, (other) => !same(other), key);
  }
  function* allocate({ type, description, uid, gid, perm, flags }: NewKey): Routine<Address> {
    const name = description === 0 ? "" : k.memory.cstring(description, MAX_DESCRIPTION);
    if (name === "") throw new Errno(EINVAL);
    const { vet_description: vet } = types.own(type) === undefined ? k.struct("key_type", type) : NO_VET;
    const answer = vet === 0 ? 0 : asInt(yield* k.call(vet, description));
    if (answer < 0) throw new Errno(-answer);
    const key = k.heap.internal(new Uint8Array(k.sizeOf("key")));
    const self = view(key);
    k.journal.touch(state).serial += 1;
    self.serial = state.serial;
    self.usage.refs.counter = 1;
    initList(k.memory, self.sem.wait_list.$address);
    self.index_key.description = k.heap.internal(Buffer.from(`${name}\0`, "latin1")) as never;
    self.index_key.desc_len = name.length;
    self.type = type as typeof self.type;
    [self.uid.val, self.gid.val, self.perm] = [uid, gid, perm >>> 0];
    self.expiry = TIME64_MAX;
    if ((flags & NOT_IN_QUOTA) === 0) set(key, FLAG.IN_QUOTA);
    if ((flags & BUILT_IN) !== 0) set(key, FLAG.BUILTIN);
    known.set(key, { links: [] });
    return key;
  }
  /** With what has been prepared for it; `make` finds the key that it is for. */
  function* withPrepared(
    type: Address,
    description: Address,
    data: KeyData,
    make: (prep: Address) => Routine<Address>,
  ): Routine<Address> {
    const prep = newPayload(k, description, data.at, data.length);
    try {
      yield* prepare(k, type, prep);
      const key = yield* make(prep);
      view(key).state = POSITIVE;
      return key;
    } finally {
      yield* freePayload(k, type, prep);
    }
  }
  /** type->update() of a key that is there already; undefined where there is none that can be updated. */
  function* update(
    keyring: Address,
    type: Address,
    name: ByteString,
    prep: Address,
  ): Routine<Address | undefined> {
    const fn = types.own(type) === undefined ? k.struct("key_type", type).update : 0;
    const old = linksOf(keyring).links.find((key) => view(key).type === type && describe(key) === name);
    if (old === undefined || fn === 0) return undefined;
    const answer = asInt(yield* k.call(fn, old, prep));
    if (answer < 0) throw new Errno(-answer);
    view(old).usage.refs.counter += 1;
    return old;
  }

  return {
    types,
    allocate,
    *instantiate(key, data, keyring) {
      yield* withPrepared(view(key).type, view(key).description, data, function* (prep) {
        yield* instantiate(k, key, prep);
        if (keyring !== 0) yield* link(keyring, key);
        return key;
      });
    },
    *create(keyring, name, wanted, data) {
      const type = types.find(name);
      if (type === 0) throw new Errno(ENODEV);
      linksOf(keyring);
      return yield* withPrepared(type, wanted.description, data, function* (prep) {
        const description = wanted.description || k.struct("key_preparsed_payload", prep).description;
        if (description === 0) throw new Errno(EINVAL);
        const text = k.memory.cstring(description, MAX_DESCRIPTION);
        const old = yield* update(keyring, type, text, prep);
        if (old !== undefined) return old;
        const key = yield* allocate({ ...wanted, type, description });
        try {
          yield* instantiate(k, key, prep);
        } catch (error) {
          yield* put(key);
          throw error;
        }
        yield* link(keyring, key);
        return key;
      });
    },
    link,
    unlink: (keyring, key) => replace(keyring, (other) => other !== key),
    clear: (keyring) => replace(keyring, () => false),
    search(keyring, type, description) {
      const found = linksOf(keyring).links.find(
        (key) => view(key).type === type && describe(key) === description && !has(key, FLAG.INVALIDATED),
      );
      if (found === undefined) throw new Errno(EAGAIN);
      if (has(found, FLAG.REVOKED)) throw new Errno(EKEYREVOKED);
      view(found).usage.refs.counter += 1;
      return found;
    },
    put,
    *revoke(key) {
      if (has(key, FLAG.REVOKED)) return;
      set(key, FLAG.REVOKED);
      const own = types.own(view(key).type);
      const fn = own === undefined ? k.struct("key_type", view(key).type).revoke : 0;
      if (fn !== 0) yield* k.call(fn, key);
      if (own === "keyring") yield* replace(key, () => false);
    },
    *invalidate(key) {
      if (has(key, FLAG.INVALIDATED)) return;
      set(key, FLAG.INVALIDATED);
      for (const [keyring, { links }] of known.entries())
        if (links.includes(key)) yield* replace(keyring, (other) => other !== key);
    },
    *endType(type) {
      for (const key of known.keys()) {
        if (view(key).type !== type || has(key, FLAG.DEAD)) continue;
        yield* destroyPayload(k, key);
        set(key, FLAG.DEAD);
      }
    },
  };
};

const NO_VET = { vet_description: 0 } as const;
