/** The list of algorithms, each a struct crypto_alg in guest memory (crypto/api.c, algapi.c). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { EEXIST, EINVAL, ENOENT } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { JournalMap, JournalSet } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { HASHES } from "./builtin.ts";
import { createBuiltins } from "./drivers.ts";
import type { HashState } from "./host-hash.ts";
import { ALG_DEAD, ALG_INTERNAL, ALG_TESTED, ALG_TYPE, ALG_TYPE_MASK } from "./kinds.ts";
import { hasSelfTest } from "./self-tests.ts";

/** MAX_ALGAPI_* and MAX_CIPHER_* (crypto/internal.h). */
const MAX_NAME = 128;
const MAX = { alignment: 63, block: 160 } as const;
const MAX_CIPHER = { alignment: 15, block: 16 } as const;

export interface Algorithm {
  /** Its struct crypto_alg. */
  readonly base: Address;
  readonly name: ByteString;
  readonly driver: ByteString;
  readonly type: number;
  readonly priority: number;
}

export interface Crypto {
  /** By name or driver, the one of highest priority; asks for modules as the kernel does. Errno ENOENT. */
  find(name: ByteString, types: readonly number[]): Algorithm;
  /** Adds a struct crypto_alg that is filled in but for its flags. Errno EINVAL, EEXIST. */
  register(base: Address, type: number): void;
  unregister(base: Address): void;
  at(base: Address): Algorithm | undefined;
  all(): readonly Algorithm[];
  /** States of hashes on their way, by the number that the guest's descriptor holds. */
  readonly states: States;
  /** Each a struct crypto_template. */
  readonly templates: JournalSet<Address>;
}

export interface States {
  get(id: number): HashState | undefined;
  add(state: HashState): number;
}

/** Descriptors that are given up in the middle leave their state behind: only so many are kept. */
const MAX_STATES = 4096;

const createStates = (k: Kernel): States => {
  const states: JournalMap<number, HashState> = k.journal.map();
  const next = { id: 1 };
  return {
    get: (id) => states.get(id),
    add(state) {
      const { id } = next;
      k.journal.touch(next).id = id + 1;
      states.set(id, state);
      states.delete(id - MAX_STATES);
      return id;
    },
  };
};

export const createCrypto = (k: Kernel): Crypto => {
  const list: { algorithms: readonly Algorithm[] } = { algorithms: [] };
  const text = (base: Address, field: "cra_name" | "cra_driver_name"): ByteString =>
    k.memory.cstring(base + k.offsetOf("crypto_alg", field)).slice(0, MAX_NAME - 1);
  const describe = (base: Address, type: number): Algorithm => ({
    base,
    name: text(base, "cra_name"),
    driver: text(base, "cra_driver_name"),
    type,
    priority: k.struct("crypto_alg", base).cra_priority,
  });
  const add = (algorithm: Algorithm): void => {
    // What was there at boot comes last, whenever it is looked at first.
    const isOld = isPresent(algorithm.name, [algorithm.type]) && builtins.owns(algorithm.base);
    k.journal.touch(list).algorithms = isOld
      ? [...list.algorithms, algorithm]
      : [algorithm, ...list.algorithms];
    const view = k.struct("crypto_alg", algorithm.base);
    view.cra_refcnt.refs.counter = 1;
    view.cra_flags |= ALG_TESTED;
  };
  const states = createStates(k);
  const builtins = createBuiltins(k, states);

  const matching = (name: ByteString, types: readonly number[]): Algorithm | undefined =>
    list.algorithms
      .filter((one) => types.includes(one.type) && (one.name === name || one.driver === name))
      .reduce<Algorithm | undefined>(
        (best, one) => (best === undefined || one.priority > best.priority ? one : best),
        undefined,
      );
  /** Instances of templates come into being when first asked for, after no module has offered them. */
  const request = (name: ByteString): void => {
    k.modules.requestModule(`crypto-${name}`);
    k.modules.requestModule(`crypto-${name}-all`);
    const template = /^([\w-]+)\(/.exec(name)?.[1];
    if (template !== undefined && !TEMPLATES.has(template)) k.modules.requestModule(`crypto-${template}`);
  };
  const instantiate = (name: ByteString): void => {
    if (list.algorithms.some((one) => one.name === name && one.priority >= 0 && builtins.owns(one.base)))
      return;
    const made = builtins.create(name);
    if (made !== undefined) add(describe(made.base, made.type));
  };

  return {
    find(name, types) {
      const found = matching(name, types);
      if (found !== undefined) return found;
      if (!isPresent(name, types)) request(name);
      instantiate(name);
      const made = matching(name, types);
      if (made === undefined) throw new Errno(ENOENT);
      return made;
    },
    register(base, type) {
      const view = k.struct("crypto_alg", base);
      view.cra_flags = (view.cra_flags & ~(ALG_TYPE_MASK | ALG_DEAD | ALG_TESTED)) | type;
      const algorithm = describe(base, type);
      check(k, algorithm);
      const isThere = list.algorithms.some(
        (one) => one.base === base || one.driver === algorithm.name || one.name === algorithm.driver,
      );
      if (isThere) throw new Errno(EEXIST);
      add(algorithm);
      const isTested = (view.cra_flags & ALG_INTERNAL) !== 0 || hasSelfTest(algorithm);
      if (!isTested) k.printk(6, `alg: No test for ${algorithm.name} (${algorithm.driver})`);
    },
    unregister(base) {
      // The kernel looks at the list it is in, so that a wild pointer faults.
      k.struct("crypto_alg", base).cra_flags |= ALG_DEAD;
      k.journal.touch(list).algorithms = list.algorithms.filter((one) => one.base !== base);
    },
    at: (base) => list.algorithms.find((one) => one.base === base),
    all: () => list.algorithms,
    states,
    templates: k.journal.set(),
  };
};

/** Made at boot, before any module asks. */
const isPresent = (name: ByteString, types: readonly number[]): boolean =>
  (types.includes(ALG_TYPE.SHASH) && (HASHES.has(name) || name === "hmac(sha256)")) ||
  (types.includes(ALG_TYPE.SKCIPHER) && name === "cbc(aes)") ||
  (types.includes(ALG_TYPE.CIPHER) && name === "aes") ||
  (types.includes(ALG_TYPE.RNG) && name === "stdrng");
/** Templates that this kernel has built in or whose module it would find. */
const TEMPLATES: ReadonlySet<string> = new Set(["hmac", "ecb", "cbc", "ctr", "xts", "gcm", "ccm", "rfc7539"]);

/** crypto_check_alg(): Errno EINVAL. */
const check = (k: Kernel, { base, name, driver, type, priority }: Algorithm): void => {
  const { cra_alignmask: mask, cra_blocksize: block } = k.struct("crypto_alg", base);
  const max = type === ALG_TYPE.CIPHER ? MAX_CIPHER : MAX;
  if (name === "" || driver === "" || priority < 0) throw new Errno(EINVAL);
  if ((mask & (mask + 1)) !== 0 || mask > max.alignment || block > max.block) throw new Errno(EINVAL);
};
