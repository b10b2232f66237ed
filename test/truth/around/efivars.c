// SPDX-License-Identifier: GPL-2.0
/* A store of EFI variables, and what the kernel's functions make of it. */
#include <linux/efi.h>
#include <linux/module.h>
#include <linux/slab.h>

static char *what = "";
module_param(what, charp, 0);

static efi_guid_t vendor = EFI_GUID(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
static efi_char16_t name[] = u"Name";
static char stored[64];
static unsigned long stored_size;

static efi_status_t get(efi_char16_t *key, efi_guid_t *guid, u32 *attr, unsigned long *size, void *data)
{
	if (key[0] != 'N')
		return EFI_NOT_FOUND;
	if (*size < stored_size)
		return EFI_BUFFER_TOO_SMALL;
	*attr = 7;
	*size = stored_size;
	memcpy(data, stored, stored_size);
	return EFI_SUCCESS;
}

static efi_status_t get_next(unsigned long *size, efi_char16_t *key, efi_guid_t *guid)
{
	return EFI_NOT_FOUND;
}

static efi_status_t set(efi_char16_t *key, efi_guid_t *guid, u32 attr, unsigned long size, void *data)
{
	pr_info("set %lu bytes, attributes %u\n", size, attr);
	if (size > sizeof(stored))
		return EFI_OUT_OF_RESOURCES;
	stored_size = size;
	memcpy(stored, data, size);
	return EFI_SUCCESS;
}

static efi_status_t set_quick(efi_char16_t *key, efi_guid_t *guid, u32 attr, unsigned long size, void *data)
{
	pr_info("set without waiting\n");
	return EFI_WRITE_PROTECTED;
}

static efi_status_t may_store(u32 attr, unsigned long size, bool quick)
{
	pr_info("may %lu bytes be stored? (%d)\n", size, quick);
	return size > 1000 ? EFI_OUT_OF_RESOURCES : EFI_SUCCESS;
}

static efi_status_t query(u32 attr, u64 *all, u64 *left, u64 *most)
{
	*all = 64;
	*left = 64 - stored_size;
	*most = attr;
	return EFI_SUCCESS;
}

static struct efivar_operations operations = { .get_variable = get, .get_next_variable = get_next };
static struct efivar_operations empty;
static struct efivars vars, others;

static void say(const char *of, efi_status_t status)
{
	pr_info("%s: %lx, %d\n", of, status, efi_status_to_err(status));
}

static void use(void)
{
	u64 all = 0, left = 0, most = 0;
	unsigned long size = 64;
	char data[64] = "";
	u32 attr = 0;
	int err = efivar_lock();

	pr_info("lock %d, try %d\n", err, efivar_trylock());
	if (err)
		return;
	say("get", efivar_get_variable(name, &vendor, &attr, &size, data));
	pr_info("%lu bytes, attributes %u: %.5s\n", size, attr, data);
	say("get nothing", efivar_get_variable(u"x", &vendor, &attr, &size, data));
	say("next", efivar_get_next_variable(&size, name, &vendor));
	say("query", efivar_query_variable_info(3, &all, &left, &most));
	pr_info("%llu of %llu, at most %llu\n", left, all, most);
	if (efivar_supports_writes()) {
		say("set locked", efivar_set_variable_locked(name, &vendor, 1, 3, "abc", false));
		say("set quickly", efivar_set_variable_locked(name, &vendor, 1, 3, "abc", true));
		say("set nothing", efivar_set_variable_locked(name, &vendor, 1, 0, NULL, false));
	}
	efivar_unlock();
	pr_info("try again %d\n", efivar_trylock());
	efivar_unlock();
}

static int __init efivars_init(void)
{
	static const efi_status_t statuses[] = {
		EFI_SUCCESS, EFI_LOAD_ERROR, EFI_INVALID_PARAMETER, EFI_UNSUPPORTED, EFI_DEVICE_ERROR,
		EFI_WRITE_PROTECTED, EFI_OUT_OF_RESOURCES, EFI_NOT_FOUND, EFI_ABORTED, EFI_SECURITY_VIOLATION, 5,
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(statuses); i++)
		say("status", statuses[i]);
	pr_info("nobody: object %px, writes %d, reserved %llu\n", efivars_kobject(), efivar_supports_writes(),
		efivar_reserved_space());
	pr_info("unregister %d\n", efivars_unregister(&vars));
	if (!strcmp(what, "lock"))
		pr_info("lock %d\n", efivar_lock());
	if (!strcmp(what, "trylock"))
		pr_info("trylock %d\n", efivar_trylock());
	if (!strcmp(what, "set"))
		say("set", efivar_set_variable(name, &vendor, 1, 3, "abc"));
	if (!strcmp(what, "get"))
		say("get", efivar_get_variable(name, &vendor, NULL, NULL, NULL));
	if (!strcmp(what, "empty"))
		operations = empty;
	if (!strcmp(what, "writes") || !strcmp(what, "all"))
		operations.set_variable = set;
	if (!strcmp(what, "all")) {
		operations.set_variable_nonblocking = set_quick;
		operations.query_variable_store = may_store;
		operations.query_variable_info = query;
	}
	pr_info("register %d\n", efivars_register(&vars, &operations, &THIS_MODULE->mkobj.kobj));
	pr_info("register again %d\n", efivars_register(&others, &operations, NULL));
	pr_info("unregister the other %d\n", efivars_unregister(&others));
	pr_info("the object %d, writes %d\n", efivars_kobject() == &THIS_MODULE->mkobj.kobj,
		efivar_supports_writes());
	if (what[0] != 'e')
		use();
	if (efivar_supports_writes()) {
		say("set", efivar_set_variable(name, &vendor, 2, 5, "hello"));
		say("set much", efivar_set_variable(name, &vendor, 2, 1000, stored));
		say("set too much", efivar_set_variable(name, &vendor, 2, 70000, stored));
		use();
	}
	return 0;
}

static void __exit efivars_exit(void)
{
	pr_info("unregister %d\n", efivars_unregister(&vars));
	pr_info("object %px\n", efivars_kobject());
}

module_init(efivars_init);
module_exit(efivars_exit);
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(EFIVAR);
