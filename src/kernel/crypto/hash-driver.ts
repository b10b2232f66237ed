/** The functions of built-in hashes, as struct shash_alg points to them. */
import type { Address } from "../../base/address.ts";
import { EINVAL } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { HostFunction } from "../host-code.ts";
import type { Kernel } from "../kernel.ts";
import type { HashDescription } from "./builtin.ts";
import { type Checksum, type HashState, hmac } from "./host-hash.ts";
import { keyOf, storeKey } from "./keys.ts";
import type { States } from "./registry.ts";

export type HashFunctions = Readonly<Record<string, HostFunction>>;

const bytesAt = (k: Kernel, at: Address, length: number): Uint8Array =>
  length === 0 ? new Uint8Array(0) : k.memory.bytes(at, length >>> 0);

interface Engine {
  begin(desc: Address): void;
  feed(desc: Address, data: Uint8Array): void;
  finish(desc: Address): Uint8Array;
}

const functionsOf = (k: Kernel, engine: Engine, state: number): HashFunctions => {
  const context = (desc: Address): Address => desc + k.sizeOf("shash_desc");
  const finish = (desc: Address, out: Address): number => {
    k.memory.write(out, engine.finish(desc));
    return 0;
  };
  const update: HostFunction = (desc = 0, data = 0, length = 0) => {
    engine.feed(desc, bytesAt(k, data, length));
    return 0;
  };
  return {
    init(desc = 0) {
      engine.begin(desc);
      return 0;
    },
    update,
    final: (desc = 0, out = 0) => finish(desc, out),
    finup(desc = 0, data = 0, length = 0, out = 0) {
      engine.feed(desc, bytesAt(k, data, length));
      return finish(desc, out);
    },
    digest(desc = 0, data = 0, length = 0, out = 0) {
      engine.begin(desc);
      engine.feed(desc, bytesAt(k, data, length));
      return finish(desc, out);
    },
    export(desc = 0, out = 0) {
      k.memory.write(out, bytesAt(k, context(desc), state).slice());
      return 0;
    },
    import(desc = 0, from = 0) {
      k.memory.write(context(desc), bytesAt(k, from, state).slice());
      return 0;
    },
  };
};

/** The descriptor holds the number of a state that the host keeps. */
const hostEngine = (k: Kernel, states: States, start: (desc: Address) => HashState): Engine => {
  const context = (desc: Address): Address => desc + k.sizeOf("shash_desc");
  const current = (desc: Address): HashState =>
    states.get(Number(k.memory.u64(context(desc)))) ?? start(desc);
  const keep = (desc: Address, state: HashState): void =>
    k.memory.setU64(context(desc), BigInt(states.add(state)));
  return {
    begin: (desc) => keep(desc, start(desc)),
    feed: (desc, data) => keep(desc, current(desc).update(data)),
    finish: (desc) => current(desc).digest(),
  };
};

/** The descriptor holds the remainder itself, which some users set and read there. */
const checksumEngine = (k: Kernel, { crc, bytes, inverted }: Checksum): Engine => {
  const context = (desc: Address): Address => desc + k.sizeOf("shash_desc");
  const read = (desc: Address): number =>
    bytes === 4 ? k.memory.u32(context(desc)) : k.memory.u16(context(desc));
  const write = (desc: Address, value: number): void =>
    bytes === 4 ? k.memory.setU32(context(desc), value) : k.memory.setU16(context(desc), value);
  return {
    begin: (desc) => write(desc, inverted ? 0xffff_ffff : 0),
    feed(desc, data) {
      let value = read(desc);
      for (const byte of data) value = crc(value, byte);
      write(desc, value);
    },
    finish(desc) {
      const out = new Uint8Array(4);
      new DataView(out.buffer).setUint32(0, inverted ? ~read(desc) >>> 0 : read(desc), true);
      return out.subarray(0, bytes);
    },
  };
};

export const hashFunctions = (k: Kernel, states: States, { start, state }: HashDescription): HashFunctions =>
  functionsOf(
    k,
    typeof start === "function" ? hostEngine(k, states, start) : checksumEngine(k, start),
    state,
  );

export const hmacFunctions = (
  k: Kernel,
  states: States,
  { start, state, block }: HashDescription,
): HashFunctions => {
  if (typeof start !== "function") throw new Errno(EINVAL);
  const tfmOf = (desc: Address): Address => k.memory.pointer(desc) + k.offsetOf("crypto_shash", "base");
  const engine = hostEngine(k, states, (desc) => hmac(start, block, keyOf(k, tfmOf(desc))));
  return {
    ...functionsOf(k, engine, state),
    setkey(tfm = 0, key = 0, length = 0) {
      const bytes = bytesAt(k, key, length);
      storeKey(
        k,
        tfm + k.offsetOf("crypto_shash", "base"),
        bytes.length > block ? start().update(bytes).digest() : bytes,
      );
      return 0;
    },
  };
};
