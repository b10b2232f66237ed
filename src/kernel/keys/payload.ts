/** What is in a key: prepared, put into it, and destroyed (security/keys/user_defined.c, crypto/asymmetric_keys). */
import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import { EBADMSG, EINVAL, ENOMEM } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { certificateName } from "../../loader/certificate-name.ts";
import { DerError } from "../../loader/der.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";

const TIME64_MAX = 0x7fff_ffff_ffff_ffffn;
const MAX_DATA = 32_767;
/** struct user_key_payload: rcu_head, length, data. */
const [LENGTH_AT, DATA_AT] = [16, 24];
/** The kernel's own kinds keep more than a mebibyte nowhere. */
const MAX_BLOB = 1 << 20;

/** A struct key_preparsed_payload for these bytes, which the caller frees. */
export const newPayload = (k: Kernel, description: Address, data: Address, length: number): Address => {
  const prep = k.heap.internal(new Uint8Array(k.sizeOf("key_preparsed_payload")));
  if (prep === 0) throw new Errno(ENOMEM);
  const view = k.struct("key_preparsed_payload", prep);
  view.orig_description = description as typeof view.orig_description;
  view.data = data;
  view.datalen = length;
  view.expiry = TIME64_MAX;
  return prep;
};

const text = (k: Kernel, value: string): Address => k.heap.internal(Buffer.from(`${value}\0`, "latin1"));

const prepareUser = (k: Kernel, prep: Address): void => {
  const view = k.struct("key_preparsed_payload", prep);
  if (view.datalen <= 0 || view.datalen > MAX_DATA || view.data === 0) throw new Errno(EINVAL);
  const payload = k.heap.internal(new Uint8Array(DATA_AT + view.datalen));
  k.memory.setU16(payload + LENGTH_AT, view.datalen);
  k.memory.write(payload + DATA_AT, k.memory.bytes(view.data, view.datalen).slice());
  view.quotalen = view.datalen;
  view.payload.data.set(0, payload as never);
};

/** asymmetric_key_preparse(): modules' parsers come behind the one for certificates. */
function* prepareAsymmetric(k: Kernel, prep: Address): Routine<void> {
  const view = k.struct("key_preparsed_payload", prep);
  if (view.datalen === 0) throw new Errno(EINVAL);
  try {
    const bytes = k.memory.bytes(view.data, Math.min(view.datalen, MAX_BLOB)).slice();
    view.description = text(k, certificateName(bytes)) as typeof view.description;
    view.quotalen = 100;
    return;
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
  }
  for (const parser of k.keys.types.parsers()) {
    const { parse } = k.struct("asymmetric_key_parser", parser);
    const answer = asInt(yield* k.call(parse, prep));
    if (answer === 0) return;
    if (answer !== -EBADMSG) throw new Errno(-answer);
  }
  throw new Errno(EBADMSG);
}

/** type->preparse(). The Errno it has. */
export function* prepare(k: Kernel, type: Address, prep: Address): Routine<void> {
  switch (k.keys.types.own(type)) {
    case "keyring":
      if (k.struct("key_preparsed_payload", prep).datalen !== 0) throw new Errno(EINVAL);
      return;
    case "user":
    case "logon":
      return prepareUser(k, prep);
    case "asymmetric":
      return yield* prepareAsymmetric(k, prep);
    case undefined: {
      const { preparse, def_datalen: quota } = k.struct("key_type", type);
      k.struct("key_preparsed_payload", prep).quotalen = quota;
      const answer = preparse === 0 ? 0 : asInt(yield* k.call(preparse, prep));
      if (answer < 0) throw new Errno(-answer);
    }
  }
}

/** type->instantiate(): the key takes over what was prepared. */
export function* instantiate(k: Kernel, key: Address, prep: Address): Routine<void> {
  const { type } = k.struct("key", key);
  if (k.keys.types.own(type) === undefined) {
    const fn = k.struct("key_type", type).instantiate;
    const answer = fn === 0 ? -EINVAL : asInt(yield* k.call(fn, key, prep));
    if (answer < 0) throw new Errno(-answer);
    return;
  }
  takeOver(k, key, prep);
}

/** generic_key_instantiate() */
export const takeOver = (k: Kernel, key: Address, prep: Address): void => {
  const [to, from] = [k.struct("key", key), k.struct("key_preparsed_payload", prep)];
  to.datalen = from.quotalen;
  for (let part = 0; part < 4; part += 1) {
    to.payload.data.set(part, from.payload.data.at(part));
    from.payload.data.set(part, 0 as never);
  }
};

/** type->free_preparse(), and the prepared structure. */
export function* freePayload(k: Kernel, type: Address, prep: Address): Routine<void> {
  const view = k.struct("key_preparsed_payload", prep);
  const own = k.keys.types.own(type);
  if (own === undefined) {
    const { preparse, free_preparse: fn } = k.struct("key_type", type);
    if (preparse !== 0 && fn !== 0) yield* k.call(fn, prep);
  } else {
    for (const part of [view.payload.data.at(0), view.description]) if (part !== 0) k.heap.kfree(part);
  }
  k.heap.kfree(prep);
}

/** type->destroy() */
export function* destroyPayload(k: Kernel, key: Address): Routine<void> {
  const { type, payload } = k.struct("key", key);
  const own = k.keys.types.own(type);
  if (own === undefined) {
    const { destroy } = k.struct("key_type", type);
    if (destroy !== 0) yield* k.call(destroy, key);
  } else if (payload.data.at(0) !== 0) k.heap.kfree(payload.data.at(0));
}
