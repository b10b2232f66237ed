/** What modules offer to the crypto API: the functions that put algorithms of a type on its list and take them off. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { StructTypes } from "../../src/profile/struct-types.ts";
import { type Stub, stub } from "../../src/stub/declare.ts";
import { registerAll } from "../registrations.ts";

export interface Offer {
  /** "shash", "shashes" of crypto_register_shash(), crypto_register_shashes(). */
  readonly one: string;
  /** Left out where there is no function for several. */
  readonly many?: string;
  readonly struct: keyof StructTypes;
  /** Where struct crypto_alg is in it. */
  readonly base: string;
  /** Which CRYPTO_ALG_TYPE_* it becomes; undefined: the flags say so. */
  readonly type: (k: Kernel, base: Address) => number;
  /** What the registering function checks and fills in. Errno EINVAL. */
  readonly prepare?: (k: Kernel, alg: Address) => void;
  /** What never comes of it. */
  readonly missing?: string;
}

type One = "int crypto_register_shash(struct shash_alg *alg)";
type Many = "int crypto_register_shashes(struct shash_alg *algs, int count)";

const KIND = "crypto algorithm";
const FAILS = ["EINVAL", "EEXIST", "ENOMEM"] as const;

/** The four stubs, or the two for one algorithm. */
export const offers = ({ one, many, struct, base, type, prepare, missing }: Offer): Stub[] => {
  const level = missing === undefined ? {} : { level: { partial: missing } };
  const baseOf = (k: Kernel, alg: Address): Address => alg + (base === "" ? 0 : k.offsetOf(struct, base));
  const add = (k: Kernel, alg: Address): void => {
    prepare?.(k, alg);
    k.crypto.register(baseOf(k, alg), type(k, baseOf(k, alg)));
  };
  const remove = (k: Kernel, alg: Address): void => k.crypto.unregister(baseOf(k, alg));
  const single = [
    stub(
      `int crypto_register_${one}(struct ${struct} *alg)` as One,
      { fails: FAILS, sleeps: true, acquires: { [KIND]: "alg" }, ...level },
      (k, { alg }) => {
        add(k, alg);
        return 0;
      },
    ),
    stub(
      `void crypto_unregister_${one}(struct ${struct} *alg)` as "void f(struct shash_alg *alg)",
      { sleeps: true, releases: { [KIND]: "alg" } },
      (k, { alg }) => remove(k, alg),
    ),
  ];
  if (many === undefined) return single;
  const places = (k: Kernel, algs: Address, count: number): Address[] =>
    Array.from(
      { length: Math.max(0, Math.min(count, MAX_COUNT)) },
      (_, index) => algs + index * k.sizeOf(struct),
    );
  return [
    ...single,
    stub(
      `int crypto_register_${many}(struct ${struct} *algs, int count)` as Many,
      {
        fails: FAILS,
        sleeps: true,
        acquires: { [KIND]: (k, { algs, count }) => places(k, algs, count) },
        ...level,
      },
      (k, { algs, count }) =>
        registerAll(
          { count, at: (index) => algs + index * k.sizeOf(struct) },
          { add: (alg) => add(k, alg), remove: (alg) => remove(k, alg) },
        ),
    ),
    stub(
      `void crypto_unregister_${many}(struct ${struct} *algs, int count)` as "void f(struct shash_alg *algs, int count)",
      { sleeps: true, releases: { [KIND]: (k, { algs, count }) => places(k, algs, count) } },
      (k, { algs, count }) => {
        for (const alg of places(k, algs, count)) remove(k, alg);
      },
    ),
  ];
};

/** The kernel stops nobody; a module's whole data would not hold as many. */
const MAX_COUNT = 1 << 16;
