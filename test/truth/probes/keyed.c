// SPDX-License-Identifier: GPL-2.0
/* A hash of the module's own with all functions and a key; arrays of which one part cannot be registered. */
#include <crypto/hash.h>
#include <crypto/internal/hash.h>
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

static int setkey(struct crypto_shash *tfm, const u8 *key, unsigned int len)
{
	pr_info("setkey %u\n", len);
	return key[0] ? 0 : -EINVAL;
}

static int init(struct shash_desc *desc)
{
	pr_info("init\n");
	return 0;
}

static int update(struct shash_desc *desc, const u8 *data, unsigned int len)
{
	pr_info("update %u\n", len);
	return 0;
}

static int final(struct shash_desc *desc, u8 *out)
{
	pr_info("final\n");
	return 0;
}

static int finup(struct shash_desc *desc, const u8 *data, unsigned int len, u8 *out)
{
	pr_info("finup %u\n", len);
	return 0;
}

static int digest(struct shash_desc *desc, const u8 *data, unsigned int len, u8 *out)
{
	pr_info("digest %u\n", len);
	return 0;
}

#define HASH(name, driver)							\
	{									\
		.init = init, .update = update, .final = final,			\
		.finup = finup, .digest = digest,				\
		.digestsize = 4,						\
		.base = {							\
			.cra_name = name, .cra_driver_name = driver,		\
			.cra_priority = 100, .cra_blocksize = 1,		\
			.cra_module = THIS_MODULE,				\
		},								\
	}

static struct shash_alg keyed = HASH("keyed", "keyed-own");
static struct shash_alg three[] = {
	HASH("first", "first-own"), HASH("second", "second-own"), HASH("first-own", "third-own"),
};
static struct shash_alg two[] = { HASH("left", "left-own"), HASH("right", "right-own") };

static void use_shash(void)
{
	struct crypto_shash *tfm = crypto_alloc_shash("keyed", 0, 0);
	u8 key[4] = { 0 }, out[4];

	if (IS_ERR(tfm)) {
		pr_info("alloc %ld\n", PTR_ERR(tfm));
		return;
	}
	SHASH_DESC_ON_STACK(desc, tfm);
	desc->tfm = tfm;
	pr_info("without a key %d\n", crypto_shash_digest(desc, key, 3, out));
	pr_info("bad key %d\n", crypto_shash_setkey(tfm, key, 4));
	pr_info("without a key %d\n", crypto_shash_digest(desc, key, 3, out));
	key[0] = 1;
	pr_info("good key %d\n", crypto_shash_setkey(tfm, key, 4));
	pr_info("digest %d\n", crypto_shash_digest(desc, key, 3, out));
	pr_info("finup %d\n", crypto_shash_finup(desc, key, 2, out));
	pr_info("tfm_digest %d\n", crypto_shash_tfm_digest(tfm, key, 1, out));
	key[0] = 0;
	pr_info("bad key %d\n", crypto_shash_setkey(tfm, key, 4));
	pr_info("without a key %d\n", crypto_shash_tfm_digest(tfm, key, 1, out));
	crypto_free_shash(tfm);
}

static void use_ahash(const char *name, u8 *data)
{
	struct crypto_ahash *tfm = crypto_alloc_ahash(name, 0, 0);
	struct ahash_request *req;
	struct scatterlist sg[2];
	u8 key[4] = { 0 };

	if (IS_ERR(tfm)) {
		pr_info("alloc %ld\n", PTR_ERR(tfm));
		return;
	}
	req = ahash_request_alloc(tfm, GFP_KERNEL);
	sg_init_table(sg, 2);
	sg_set_buf(&sg[0], data, 5);
	sg_set_buf(&sg[1], data + 5, 3);
	ahash_request_set_callback(req, 0, NULL, NULL);
	ahash_request_set_crypt(req, sg, data + 32, 8);
	pr_info("ahash without a key %d\n", crypto_ahash_digest(req));
	pr_info("ahash bad key %d\n", crypto_ahash_setkey(tfm, key, 4));
	key[0] = 1;
	pr_info("ahash good key %d\n", crypto_ahash_setkey(tfm, key, 4));
	pr_info("ahash digest %d\n", crypto_ahash_digest(req));
	pr_info("ahash finup %d\n", crypto_ahash_finup(req));
	ahash_request_set_crypt(req, sg, data + 32, 4);
	pr_info("ahash digest of one piece %d\n", crypto_ahash_digest(req));
	ahash_request_set_crypt(req, sg, data + 32, 0);
	pr_info("ahash digest of nothing %d\n", crypto_ahash_digest(req));
	pr_info("ahash finup of nothing %d\n", crypto_ahash_finup(req));
	ahash_request_free(req);
	crypto_free_ahash(tfm);
}

static int __init keyed_init(void)
{
	u8 *data = kzalloc(64, GFP_KERNEL);
	int ret;

	if (!data)
		return -ENOMEM;
	keyed.setkey = setkey;
	ret = crypto_register_shash(&keyed);
	if (ret) {
		kfree(data);
		return ret;
	}
	use_shash();
	use_ahash("keyed", data);
	pr_info("three %d\n", crypto_register_shashes(three, 3));
	pr_info("first %d second %d\n", crypto_has_shash("first", 0, 0), crypto_has_shash("second", 0, 0));
	pr_info("two %d\n", crypto_register_shashes(two, 2));
	pr_info("left %d right %d\n", crypto_has_shash("left", 0, 0), crypto_has_ahash("right", 0, 0));
	use_ahash("left", data);
	crypto_unregister_shashes(two, 2);
	crypto_unregister_shash(&keyed);
	kfree(data);
	return -ENODEV;
}
module_init(keyed_init);
MODULE_LICENSE("GPL");
