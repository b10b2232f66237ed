// SPDX-License-Identifier: GPL-2.0-only
/* Kinds of keys, keyrings, and keys in them. */
#include <keys/user-type.h>
#include <linux/cred.h>
#include <linux/key-type.h>
#include <keys/asymmetric-parser.h>
#include <linux/key.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/delay.h>

static int t_preparse(struct key_preparsed_payload *prep)
{
	pr_info("t_keys: preparse, %zu bytes, quota %zu\n", prep->datalen, prep->quotalen);
	if (prep->datalen == 3)
		return -EKEYREJECTED;
	prep->payload.data[0] = kmemdup(prep->data, prep->datalen, GFP_KERNEL);
	prep->quotalen = prep->datalen;
	return 0;
}

static void t_free_preparse(struct key_preparsed_payload *prep)
{
	pr_info("t_keys: free_preparse, payload left %d\n", prep->payload.data[0] != NULL);
	kfree(prep->payload.data[0]);
}

static int t_update(struct key *key, struct key_preparsed_payload *prep)
{
	pr_info("t_keys: update of %s\n", key->description);
	return 0;
}

static void t_revoke(struct key *key)
{
	pr_info("t_keys: revoke of %s\n", key->description);
}

static void t_destroy(struct key *key)
{
	pr_info("t_keys: destroy of %s\n", key->description);
	kfree(key->payload.data[0]);
}

static int t_vet(const char *description)
{
	pr_info("t_keys: vet %s\n", description);
	return description[0] == '!' ? -EINVAL : 0;
}

static struct key_type t_type = {
	.name = "t_key",
	.def_datalen = 5,
	.vet_description = t_vet,
	.preparse = t_preparse,
	.free_preparse = t_free_preparse,
	.instantiate = generic_key_instantiate,
	.update = t_update,
	.revoke = t_revoke,
	.destroy = t_destroy,
};
static struct key_type t_same = { .name = "t_key" };
static struct key_type t_user = { .name = "user" };

static int t_parse(struct key_preparsed_payload *prep)
{
	pr_info("t_keys: parse, %zu bytes\n", prep->datalen);
	return -EBADMSG;
}
static struct asymmetric_key_parser t_parser = { .owner = THIS_MODULE, .name = "t_parser", .parse = t_parse };

static struct key *t_ring;

static void t_make(const char *type, const char *description, const void *data, size_t size)
{
	key_ref_t ref = key_create_or_update(make_key_ref(t_ring, 1), type, description, data, size,
					     KEY_POS_ALL | KEY_USR_ALL, KEY_ALLOC_NOT_IN_QUOTA);
	struct key *key;

	if (IS_ERR(ref)) {
		pr_info("t_keys: %s %s: %ld\n", type, description, PTR_ERR(ref));
		return;
	}
	key = key_ref_to_ptr(ref);
	pr_info("t_keys: %s %s: refs %d, state %d, length %u, possessed %d\n", type, key->description,
		refcount_read(&key->usage), key->state, key->datalen, is_key_possessed(ref));
	key_put(key);
}

static int __init t_init(void)
{
	struct key *key;
	key_ref_t ref;
	int err = register_key_type(&t_type);

	pr_info("t_keys: again %d, taken %d\n", register_key_type(&t_same), register_key_type(&t_user));
	if (err)
		return err;
	pr_info("t_keys: parser %d, again %d\n", register_asymmetric_key_parser(&t_parser),
		register_asymmetric_key_parser(&t_parser));
	t_ring = keyring_alloc(".t_ring", GLOBAL_ROOT_UID, GLOBAL_ROOT_GID, current_cred(),
			       KEY_POS_ALL | KEY_USR_ALL, KEY_ALLOC_NOT_IN_QUOTA, NULL, NULL);
	if (IS_ERR(t_ring))
		return PTR_ERR(t_ring);
	pr_info("t_keys: ring %s, refs %d, state %d\n", t_ring->description, refcount_read(&t_ring->usage),
		t_ring->state);
	t_make("t_key", "first", "hello", 5);
	t_make("t_key", "first", "again", 5);
	t_make("t_key", "second", "hello", 5);
	t_make("t_key", "third", "abc", 3);
	t_make("t_key", "!vetted", "hello", 5);
	t_make("t_none", "first", "hello", 5);
	t_make("user", "mine", "hello", 5);
	t_make("user", "empty", "", 0);
	t_make("asymmetric", "cert", "hello", 5);
	ref = keyring_search(make_key_ref(t_ring, 1), &t_type, "second", false);
	pr_info("t_keys: search %ld\n", PTR_ERR_OR_ZERO(ref));
	if (!IS_ERR(ref)) {
		key = key_ref_to_ptr(ref);
		pr_info("t_keys: found %s, refs %d, valid %d\n", key->description,
			refcount_read(&key->usage), key_validate(key));
		key_revoke(key);
		pr_info("t_keys: revoked, valid %d\n", key_validate(key));
		key_put(key);
	}
	ref = keyring_search(make_key_ref(t_ring, 1), &t_type, "nobody", false);
	pr_info("t_keys: search %ld\n", PTR_ERR_OR_ZERO(ref));
	ref = keyring_search(make_key_ref(t_ring, 1), &key_type_user, "mine", false);
	if (!IS_ERR(ref)) {
		key = key_ref_to_ptr(ref);
		pr_info("t_keys: user key %.5s\n", user_key_payload_locked(key)->data);
		pr_info("t_keys: unlink %d, again %d\n", key_unlink(t_ring, key), key_unlink(t_ring, key));
		key_put(key);
	}
	key = key_alloc(&t_type, "!bad", GLOBAL_ROOT_UID, GLOBAL_ROOT_GID, current_cred(), 0, 0, NULL);
	pr_info("t_keys: alloc %ld\n", PTR_ERR_OR_ZERO(key));
	ref = keyring_search(make_key_ref(t_ring, 1), &t_type, "first", false);
	if (!IS_ERR(ref)) {
		key_unlink(t_ring, key_ref_to_ptr(ref));
		key_ref_put(ref);
	}
	msleep(50);
	pr_info("t_keys: clear %d\n", keyring_clear(t_ring));
	msleep(50);
	key_revoke(t_ring);
	key_put(t_ring);
	return 0;
}

static void __exit t_exit(void)
{
	unregister_asymmetric_key_parser(&t_parser);
	unregister_key_type(&t_type);
}

module_init(t_init);
module_exit(t_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Kinds of keys");
