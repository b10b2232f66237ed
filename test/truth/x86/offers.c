// SPDX-License-Identifier: GPL-2.0-only
/* Algorithms, templates and queues that a module offers to the crypto API. */
#include <crypto/algapi.h>
#include <crypto/internal/acompress.h>
#include <crypto/internal/aead.h>
#include <crypto/internal/akcipher.h>
#include <crypto/internal/hash.h>
#include <crypto/internal/kpp.h>
#include <crypto/internal/rng.h>
#include <crypto/internal/scompress.h>
#include <crypto/internal/skcipher.h>
#include <linux/module.h>

#define BASE(name, size) \
	{ .cra_name = name, .cra_driver_name = name "-offers", .cra_priority = 7, .cra_blocksize = size, \
	  .cra_module = THIS_MODULE }

static int nothing(void)
{
	return 0;
}

static struct shash_alg hashes[] = {
	{ .digestsize = 4, .descsize = 4, .base = BASE("kobox-a", 1) },
	{ .digestsize = 8, .descsize = 4, .base = BASE("kobox-b", 2) },
};
static struct ahash_alg ahash = { .halg = { .digestsize = 4, .statesize = 4, .base = BASE("kobox-c", 1) } };
static struct rng_alg rngs[] = { { .seedsize = 3, .base = BASE("kobox-d", 0) } };
static struct aead_alg aeads[] = { { .ivsize = 3, .maxauthsize = 4, .base = BASE("kobox-e", 1) } };
static struct kpp_alg kpp = { .base = BASE("kobox-f", 0) };
static struct akcipher_alg akcipher = { .base = BASE("kobox-g", 0) };
static struct scomp_alg scomp = { .base = BASE("kobox-h", 0) };
static struct acomp_alg acomp = { .base = BASE("kobox-i", 0) };
static struct skcipher_alg skciphers[] = { { .ivsize = 5, .base = BASE("kobox-j", 16) } };
static struct crypto_alg plain[] = {
	{ .cra_name = "kobox-k", .cra_driver_name = "kobox-k-offers", .cra_flags = CRYPTO_ALG_TYPE_CIPHER,
	  .cra_blocksize = 16, .cra_module = THIS_MODULE, .cra_u.cipher = { .cia_min_keysize = 1, .cia_max_keysize = 2 } },
	{ .cra_name = "kobox-l", .cra_driver_name = "kobox-l-offers", .cra_flags = CRYPTO_ALG_TYPE_COMPRESS,
	  .cra_module = THIS_MODULE },
};
static struct shash_alg hidden = {
	.digestsize = 4, .descsize = 4,
	.base = { .cra_name = "__kobox-m", .cra_driver_name = "__kobox-m-offers", .cra_blocksize = 1,
		  .cra_flags = CRYPTO_ALG_INTERNAL, .cra_module = THIS_MODULE },
};
static struct crypto_template templates[] = {
	{ .name = "kobox-t", .create = (void *)nothing, .module = THIS_MODULE },
	{ .name = "kobox-u", .create = (void *)nothing, .module = THIS_MODULE },
};

static void broken(void)
{
	static struct crypto_alg alg = { .cra_name = "kobox-x", .cra_driver_name = "kobox-x", .cra_blocksize = 161 };

	pr_info("offers: block %d\n", crypto_register_alg(&alg));
	alg.cra_blocksize = 32;
	alg.cra_flags = CRYPTO_ALG_TYPE_CIPHER;
	pr_info("offers: cipher's block %d\n", crypto_register_alg(&alg));
	alg.cra_blocksize = 8;
	alg.cra_alignmask = 2;
	pr_info("offers: alignment %d\n", crypto_register_alg(&alg));
	alg.cra_alignmask = 31;
	pr_info("offers: cipher's alignment %d\n", crypto_register_alg(&alg));
	alg.cra_alignmask = 0;
	alg.cra_priority = -1;
	pr_info("offers: priority %d\n", crypto_register_alg(&alg));
	alg.cra_priority = 1;
	strcpy(alg.cra_driver_name, "kobox-a");
	pr_info("offers: a driver's name that is a name %d\n", crypto_register_alg(&alg));
	alg.cra_driver_name[0] = 0;
	pr_info("offers: no name %d\n", crypto_register_alg(&alg));
	pr_info("offers: again %d\n", crypto_register_shash(&hashes[1]));
	pr_info("offers: all again %d\n", crypto_register_shashes(hashes, 2));
	pr_info("offers: template again %d\n", crypto_register_template(&templates[1]));
}

static void queue(void)
{
	static struct crypto_async_request requests[3];
	struct crypto_queue q;
	int i;

	crypto_init_queue(&q, 2);
	pr_info("offers: empty %d\n", crypto_dequeue_request(&q) == NULL);
	for (i = 0; i < 3; i++)
		pr_info("offers: put %d\n", crypto_enqueue_request(&q, &requests[i]));
	requests[2].flags = CRYPTO_TFM_REQ_MAY_BACKLOG;
	pr_info("offers: backlog %d\n", crypto_enqueue_request(&q, &requests[2]));
	pr_info("offers: length %u backlog %d\n", q.qlen, q.backlog == &requests[2].list);
	pr_info("offers: first %d\n", crypto_dequeue_request(&q) == &requests[0]);
	pr_info("offers: backlog %d\n", q.backlog == &q.list);
	crypto_enqueue_request_head(&q, &requests[0]);
	pr_info("offers: backlog %d\n", q.backlog == &requests[2].list);
	pr_info("offers: head %d\n", crypto_dequeue_request(&q) == &requests[0]);
	pr_info("offers: length %u\n", q.qlen);
}

static int event(struct notifier_block *nb, unsigned long action, void *data)
{
	return NOTIFY_DONE;
}
static struct notifier_block block = { .notifier_call = event };

static int __init offers_init(void)
{
	pr_info("offers: hashes %d\n", crypto_register_shashes(hashes, 2));
	pr_info("offers: state %u set %d\n", hashes[0].statesize, hashes[0].finup && hashes[0].export);
	pr_info("offers: ahash %d\n", crypto_register_ahash(&ahash));
	pr_info("offers: rngs %d\n", crypto_register_rngs(rngs, 1));
	pr_info("offers: seed %d\n", !!rngs[0].set_ent);
	pr_info("offers: aeads %d\n", crypto_register_aeads(aeads, 1));
	pr_info("offers: chunk %u\n", aeads[0].chunksize);
	pr_info("offers: kpp %d\n", crypto_register_kpp(&kpp));
	pr_info("offers: akcipher %d\n", crypto_register_akcipher(&akcipher));
	pr_info("offers: sign %d\n", akcipher.sign(NULL));
	pr_info("offers: scomp %d\n", crypto_register_scomp(&scomp));
	pr_info("offers: acomp %d\n", crypto_register_acomp(&acomp));
	pr_info("offers: skciphers %d\n", crypto_register_skciphers(skciphers, 1));
	pr_info("offers: walk %u\n", skciphers[0].walksize);
	pr_info("offers: plain %d\n", crypto_register_algs(plain, 2));
	pr_info("offers: hidden %d\n", crypto_register_shash(&hidden));
	pr_info("offers: templates %d\n", crypto_register_templates(templates, 2));
	pr_info("offers: notifier %d\n", crypto_register_notifier(&block));
	broken();
	queue();
	return 0;
}

static void __exit offers_exit(void)
{
	pr_info("offers: notifier %d\n", crypto_unregister_notifier(&block));
	crypto_unregister_templates(templates, 2);
	crypto_unregister_shash(&hidden);
	crypto_unregister_algs(plain, 2);
	crypto_unregister_skciphers(skciphers, 1);
	crypto_unregister_acomp(&acomp);
	crypto_unregister_scomp(&scomp);
	crypto_unregister_akcipher(&akcipher);
	crypto_unregister_kpp(&kpp);
	crypto_unregister_aeads(aeads, 1);
	crypto_unregister_rngs(rngs, 1);
	crypto_unregister_ahash(&ahash);
	crypto_unregister_shashes(hashes, 2);
}
module_init(offers_init);
module_exit(offers_exit);
MODULE_LICENSE("GPL");
