// SPDX-License-Identifier: GPL-2.0
/* The crypto API: hashes, ciphers, errors, an algorithm of its own. */
#define pr_fmt(fmt) "crypt: " fmt
#include <linux/module.h>
#include <crypto/hash.h>
#include <crypto/internal/hash.h>
#include <crypto/skcipher.h>
#include <crypto/sha2.h>
#include <crypto/aes.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

static const u8 key[32] = "0123456789abcdefghijklmnopqrstu";

static void hash(const char *name, const u8 *k, unsigned int klen)
{
	struct crypto_shash *tfm = crypto_alloc_shash(name, 0, 0);
	struct shash_desc *desc, *copy;
	void *state;
	u8 out[64];
	int ret;

	if (IS_ERR(tfm)) {
		pr_info("%s: %ld\n", name, PTR_ERR(tfm));
		return;
	}
	pr_info("%s: driver %s digest %u block %u desc %u state %u flags %x\n", name, crypto_shash_driver_name(tfm),
		crypto_shash_digestsize(tfm), crypto_shash_blocksize(tfm), crypto_shash_descsize(tfm),
		crypto_shash_statesize(tfm), crypto_shash_get_flags(tfm));
	desc = kzalloc(sizeof(*desc) + crypto_shash_descsize(tfm), GFP_KERNEL);
	copy = kzalloc(sizeof(*desc) + crypto_shash_descsize(tfm), GFP_KERNEL);
	state = kzalloc(crypto_shash_statesize(tfm), GFP_KERNEL);
	desc->tfm = tfm;
	copy->tfm = tfm;
	if (k)
		pr_info("setkey %d\n", crypto_shash_setkey(tfm, k, klen));
	ret = crypto_shash_digest(desc, "abc", 3, out);
	pr_info("digest %d: %*phN\n", ret, (int)crypto_shash_digestsize(tfm), out);
	ret = crypto_shash_init(desc) ?: crypto_shash_update(desc, "a", 1) ?: crypto_shash_export(desc, state) ?:
	      crypto_shash_update(desc, "bc", 2) ?: crypto_shash_final(desc, out);
	pr_info("steps %d: %*phN\n", ret, (int)crypto_shash_digestsize(tfm), out);
	ret = crypto_shash_import(copy, state) ?: crypto_shash_finup(copy, "bc", 2, out);
	pr_info("import %d: %*phN\n", ret, (int)crypto_shash_digestsize(tfm), out);
	kfree(desc);
	kfree(copy);
	kfree(state);
	crypto_free_shash(tfm);
}

static void async_hash(const char *name)
{
	struct crypto_ahash *tfm = crypto_alloc_ahash(name, 0, 0);
	struct ahash_request *req;
	struct scatterlist sg[2];
	DECLARE_CRYPTO_WAIT(wait);
	char *one = kstrdup("hello ", GFP_KERNEL), *two = kstrdup("world", GFP_KERNEL);
	u8 out[64];
	int ret;

	if (IS_ERR(tfm)) {
		pr_info("ahash %s: %ld\n", name, PTR_ERR(tfm));
		return;
	}
	req = ahash_request_alloc(tfm, GFP_KERNEL);
	sg_init_table(sg, 2);
	sg_set_buf(&sg[0], one, 6);
	sg_set_buf(&sg[1], two, 5);
	ahash_request_set_callback(req, CRYPTO_TFM_REQ_MAY_BACKLOG, crypto_req_done, &wait);
	ahash_request_set_crypt(req, sg, out, 11);
	ret = crypto_wait_req(crypto_ahash_digest(req), &wait);
	pr_info("ahash %s %d: %*phN, nents %d\n", name, ret, (int)crypto_ahash_digestsize(tfm), out, sg_nents(sg));
	ret = crypto_wait_req(crypto_ahash_init(req), &wait) ?: crypto_wait_req(crypto_ahash_update(req), &wait) ?:
	      crypto_wait_req(crypto_ahash_final(req), &wait);
	pr_info("ahash steps %d: %*phN\n", ret, (int)crypto_ahash_digestsize(tfm), out);
	ahash_request_free(req);
	crypto_free_ahash(tfm);
	kfree(one);
	kfree(two);
}

static void cipher(const char *name, unsigned int klen, unsigned int len)
{
	struct crypto_skcipher *tfm = crypto_alloc_skcipher(name, 0, 0);
	struct skcipher_request *req;
	struct scatterlist sg;
	DECLARE_CRYPTO_WAIT(wait);
	u8 *data, iv[32];
	int ret;

	if (IS_ERR(tfm)) {
		pr_info("%s: %ld\n", name, PTR_ERR(tfm));
		return;
	}
	data = kmalloc(64, GFP_KERNEL);
	memset(data, 'x', 64);
	memset(iv, 1, sizeof(iv));
	pr_info("%s: driver %s iv %u block %u\n", name, crypto_skcipher_driver_name(tfm), crypto_skcipher_ivsize(tfm),
		crypto_skcipher_blocksize(tfm));
	req = skcipher_request_alloc(tfm, GFP_KERNEL);
	skcipher_request_set_callback(req, CRYPTO_TFM_REQ_MAY_SLEEP, crypto_req_done, &wait);
	sg_init_one(&sg, data, len);
	skcipher_request_set_crypt(req, &sg, &sg, len, iv);
	pr_info("no key %d\n", crypto_wait_req(crypto_skcipher_encrypt(req), &wait));
	pr_info("bad key %d\n", crypto_skcipher_setkey(tfm, key, 7));
	pr_info("setkey %d\n", crypto_skcipher_setkey(tfm, key, klen));
	ret = crypto_wait_req(crypto_skcipher_encrypt(req), &wait);
	pr_info("encrypt %d: %*phN iv %*phN\n", ret, (int)len, data, 16, iv);
	memset(iv, 1, sizeof(iv));
	ret = crypto_wait_req(crypto_skcipher_decrypt(req), &wait);
	pr_info("decrypt %d: %*phN\n", ret, (int)len, data);
	skcipher_request_set_crypt(req, &sg, &sg, len - 1, iv);
	pr_info("odd length %d\n", crypto_wait_req(crypto_skcipher_encrypt(req), &wait));
	skcipher_request_free(req);
	crypto_free_skcipher(tfm);
	kfree(data);
}

static int sum_init(struct shash_desc *desc)
{
	*(u32 *)shash_desc_ctx(desc) = 0;
	return 0;
}

static int sum_update(struct shash_desc *desc, const u8 *data, unsigned int len)
{
	while (len--)
		*(u32 *)shash_desc_ctx(desc) += *data++;
	return 0;
}

static int sum_final(struct shash_desc *desc, u8 *out)
{
	memcpy(out, shash_desc_ctx(desc), 4);
	return 0;
}

static struct shash_alg sum = {
	.digestsize = 4, .init = sum_init, .update = sum_update, .final = sum_final, .descsize = 4,
	.base = { .cra_name = "sum", .cra_driver_name = "sum-crypt", .cra_priority = 50, .cra_blocksize = 1, .cra_module = THIS_MODULE },
};

static void library(void)
{
	struct sha256_state state;
	struct crypto_aes_ctx aes;
	u8 out[32];

	sha256_init(&state);
	sha256_update(&state, "ab", 2);
	sha256_update(&state, "c", 1);
	sha256_final(&state, out);
	pr_info("sha256 %32phN\n", out);
	sha256(key, 31, out);
	pr_info("sha256 %32phN\n", out);
	pr_info("expandkey %d, bad %d\n", aes_expandkey(&aes, key, 16), aes_expandkey(&aes, key, 17));
	aes_encrypt(&aes, out, key);
	pr_info("aes %16phN\n", out);
	aes_decrypt(&aes, out, out);
	pr_info("aes %16phN\n", out);
}

static int __init crypt_init(void)
{
	int ret;

	hash("md5", NULL, 0);
	hash("sha1", NULL, 0);
	hash("sha256", NULL, 0);
	hash("sha224", NULL, 0);
	hash("hmac(sha256)", key, 31);
	hash("hmac(md5)", NULL, 0);
	hash("no-such-hash", NULL, 0);
	hash("cbc(aes)", NULL, 0);
	async_hash("sha256");
	cipher("cbc(aes)", 16, 48);
	cipher("nosuch(aes)", 16, 48);
	ret = crypto_register_shash(&sum);
	pr_info("register %d\n", ret);
	hash("sum", NULL, 0);
	async_hash("sum");
	pr_info("has sha1 %d, has none %d\n", crypto_has_alg("sha1", 0, 0), crypto_has_alg("none-such", 0, 0));
	library();
	return 0;
}

static void __exit crypt_exit(void)
{
	crypto_unregister_shash(&sum);
}

module_init(crypt_init);
module_exit(crypt_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("crypto API");
