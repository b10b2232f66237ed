/** /proc/crypto (crypto/proc.c). */
import type { ByteString } from "../../base/bytes.ts";
import type { Kernel } from "../kernel.ts";
import { ALG_ASYNC, ALG_INTERNAL, ALG_TESTED, ALG_TYPE } from "./kinds.ts";
import type { Algorithm } from "./registry.ts";
import { algorithmOf } from "./transform.ts";

const line = (name: string, value: string | number): string => `${name.padEnd(13)}: ${value}\n`;

const ofShash = (k: Kernel, base: number): string => {
  const { digestsize } = k.struct("shash_alg", algorithmOf(k, "shash_alg", base));
  return line("blocksize", k.struct("crypto_alg", base).cra_blocksize) + line("digestsize", digestsize);
};

const ofSkcipher = (k: Kernel, base: number): string => {
  const view = k.struct("skcipher_alg", algorithmOf(k, "skcipher_alg", base));
  return [
    line("async", "no"),
    line("blocksize", view.base.cra_blocksize),
    line("min keysize", view.min_keysize),
    line("max keysize", view.max_keysize),
    line("ivsize", view.ivsize),
    line("chunksize", view.chunksize),
    line("walksize", view.walksize),
  ].join("");
};

const ofAead = (k: Kernel, base: number): string => {
  const view = k.struct("aead_alg", algorithmOf(k, "aead_alg", base));
  return [
    line("async", "no"),
    line("blocksize", view.base.cra_blocksize),
    line("ivsize", view.ivsize),
    line("maxauthsize", view.maxauthsize),
    line("geniv", "<none>"),
  ].join("");
};

const ofCipher = (k: Kernel, base: number): string => {
  const view = k.struct("cipher_alg", base + k.offsetOf("crypto_alg", "cra_u"));
  return [
    line("blocksize", k.struct("crypto_alg", base).cra_blocksize),
    line("min keysize", view.cia_min_keysize),
    line("max keysize", view.cia_max_keysize),
  ].join("");
};

const ofRng = (k: Kernel, base: number): string =>
  line("seedsize", k.struct("rng_alg", algorithmOf(k, "rng_alg", base)).seedsize);

const ofAhash = (k: Kernel, base: number): string => {
  const { cra_blocksize: block, cra_flags: flags } = k.struct("crypto_alg", base);
  const { digestsize } = k.struct("hash_alg_common", base - k.offsetOf("hash_alg_common", "base"));
  const isAsync = (flags & ALG_ASYNC) !== 0;
  return line("async", isAsync ? "yes" : "no") + line("blocksize", block) + line("digestsize", digestsize);
};

const nothing = (): string => "";

const KINDS: Readonly<Record<number, readonly [name: string, details: (k: Kernel, base: number) => string]>> =
  {
    [ALG_TYPE.SHASH]: ["shash", ofShash],
    [ALG_TYPE.SKCIPHER]: ["skcipher", ofSkcipher],
    [ALG_TYPE.AEAD]: ["aead", ofAead],
    [ALG_TYPE.CIPHER]: ["cipher", ofCipher],
    [ALG_TYPE.RNG]: ["rng", ofRng],
    [ALG_TYPE.AHASH]: ["ahash", ofAhash],
    [ALG_TYPE.COMPRESS]: ["compression", nothing],
    [ALG_TYPE.ACOMP]: ["acomp", nothing],
    [ALG_TYPE.SCOMP]: ["scomp", nothing],
    [ALG_TYPE.KPP]: ["kpp", nothing],
    [ALG_TYPE.AKCIPHER]: ["akcipher", nothing],
  };

const describe = (k: Kernel, { base, name, driver, type, priority }: Algorithm): ByteString => {
  const view = k.struct("crypto_alg", base);
  const owner = view.cra_module === 0 ? undefined : k.modules.list.at(view.cra_module)?.name;
  const [kind, details] = KINDS[type] ?? ["unknown", () => ""];
  return [
    line("name", name),
    line("driver", driver),
    line("module", owner ?? "kernel"),
    line("priority", priority),
    line("refcnt", view.cra_refcnt.refs.counter),
    line("selftest", (view.cra_flags & ALG_TESTED) === 0 ? "unknown" : "passed"),
    line("internal", (view.cra_flags & ALG_INTERNAL) === 0 ? "no" : "yes"),
    line("type", kind),
    details(k, base),
    "\n",
  ].join("");
};

export const procCrypto = (k: Kernel): ByteString =>
  k.crypto
    .all()
    .map((one) => describe(k, one))
    .join("");
