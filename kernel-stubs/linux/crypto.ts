/** include/linux/crypto.h, as crypto/api.c and algapi.c do it. */
import { isErr } from "../../src/base/err.ts";
import { EINPROGRESS } from "../../src/base/errno.ts";
import { ALG_TYPE, ALG_TYPE_MASK } from "../../src/kernel/crypto/registry.ts";
import { destroyTransform, newTransform } from "../../src/kernel/crypto/transform.ts";
import { stub } from "../../src/stub/declare.ts";

const EVERY = Object.values(ALG_TYPE);

export const cryptoHasAlg = stub(
  "int crypto_has_alg(const char *name, u32 type, u32 mask)",
  (k, { name, type, mask }) => {
    const wanted = EVERY.filter((one) => (one & mask & ALG_TYPE_MASK) === (type & mask & ALG_TYPE_MASK));
    try {
      k.crypto.find(k.memory.cstring(name), wanted);
      return 1;
    } catch {
      return 0;
    }
  },
);

export const cryptoAllocBase = stub(
  "struct crypto_tfm *crypto_alloc_base(const char *alg_name, u32 type, u32 mask)",
  {
    fails: ["ENOENT", "ENOMEM"],
    errPtr: true,
    sleeps: true,
    acquires: { "crypto transform": "return" },
    level: { partial: "ciphers of single blocks only" },
  },
  (k, { alg_name }) =>
    newTransform(k, "crypto_cipher", k.crypto.find(k.memory.cstring(alg_name), [ALG_TYPE.CIPHER])),
);

export const cryptoDestroyTfm = stub(
  "void crypto_destroy_tfm(void *mem, struct crypto_tfm *tfm)",
  { releases: { "crypto transform": "mem" } },
  function* (k, { mem, tfm }) {
    if (mem !== 0 && !isErr(mem)) yield* destroyTransform(k, mem, tfm);
  },
);

/** Ciphers of single blocks that modules offer. */
export const cryptoRegisterAlg = stub(
  "int crypto_register_alg(struct crypto_alg *alg)",
  {
    fails: ["EINVAL", "EEXIST", "ENOMEM"],
    sleeps: true,
    acquires: { "crypto algorithm": "alg" },
    level: { partial: "templates are not built over it" },
  },
  (k, { alg }) => {
    k.crypto.register(alg, k.struct("crypto_alg", alg).cra_flags & ALG_TYPE_MASK);
    return 0;
  },
);

export const cryptoUnregisterAlg = stub(
  "void crypto_unregister_alg(struct crypto_alg *alg)",
  { sleeps: true, releases: { "crypto algorithm": "alg" } },
  (k, { alg }) => k.crypto.unregister(alg),
);

/** The completion that crypto_wait_req() waits with. */
export const cryptoReqDone = stub(
  "void crypto_req_done(struct crypto_async_request *req, int err)",
  function* (k, { req, err }) {
    if (err === -EINPROGRESS) return;
    const wait = k.struct("crypto_async_request", req).data;
    k.struct("crypto_wait", wait).err = err;
    const complete = k.symbols.address("complete") ?? 0;
    yield* k.call(complete, wait + k.offsetOf("crypto_wait", "completion"));
  },
);
