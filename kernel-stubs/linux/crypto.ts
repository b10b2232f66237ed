/** include/linux/crypto.h, as crypto/api.c and algapi.c do it. */
import { isErr } from "../../src/base/err.ts";
import { EINPROGRESS } from "../../src/base/errno.ts";
import { ALG_TYPE, ALG_TYPE_MASK } from "../../src/kernel/crypto/kinds.ts";
import { destroyTransform, newTransform } from "../../src/kernel/crypto/transform.ts";
import { stub } from "../../src/stub/declare.ts";
import { offers } from "../crypto/offers.ts";

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

/** Ciphers of single blocks, and old compressions, that modules offer. */
export const plainAlgorithms = offers({
  one: "alg",
  many: "algs",
  struct: "crypto_alg",
  base: "",
  type: (k, base) => k.struct("crypto_alg", base).cra_flags & ALG_TYPE_MASK,
  missing: "templates are not built over it",
});

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
