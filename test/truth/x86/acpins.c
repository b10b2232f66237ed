// SPDX-License-Identifier: GPL-2.0-only
/* The ACPI namespace and tables, as modules ask for them. */
#include <linux/acpi.h>
#include <linux/module.h>

static int count;

static acpi_status show(acpi_handle handle, u32 level, void *context, void **value)
{
	struct acpi_buffer full = { ACPI_ALLOCATE_BUFFER, NULL };
	acpi_object_type type = 99;

	acpi_get_type(handle, &type);
	acpi_get_name(handle, context ? ACPI_FULL_PATHNAME : ACPI_FULL_PATHNAME_NO_TRAILING, &full);
	pr_info("acpins: %u %s %u\n", level, (char *)full.pointer, type);
	kfree(full.pointer);
	count++;
	return AE_OK;
}
static acpi_status two(acpi_handle handle, u32 level, void *context, void **value)
{
	show(handle, level, context, value);
	*value = handle;
	return count == 2 ? AE_CTRL_TERMINATE : AE_OK;
}
static acpi_status flat(acpi_handle handle, u32 level, void *context, void **value)
{
	count++;
	return AE_CTRL_DEPTH;
}
static acpi_status stop(acpi_handle handle, u32 level, void *context, void **value)
{
	return AE_LIMIT;
}
static acpi_status up(acpi_handle handle, u32 level, void *context, void **value)
{
	pr_info("acpins: up %u\n", level);
	return AE_OK;
}

static void walks(void)
{
	void *value = NULL;
	acpi_handle sb, cpus;

	pr_info("acpins: all %x\n", acpi_walk_namespace(ACPI_TYPE_ANY, ACPI_ROOT_OBJECT, 100, show, NULL, "", NULL));
	pr_info("acpins: %d\n", count);
	count = 0;
	pr_info("acpins: two %x\n", acpi_walk_namespace(ACPI_TYPE_DEVICE, ACPI_ROOT_OBJECT, 100, two, NULL, NULL, &value));
	pr_info("acpins: flat %x\n", acpi_walk_namespace(ACPI_TYPE_ANY, ACPI_ROOT_OBJECT, 100, flat, NULL, NULL, &value));
	pr_info("acpins: %d\n", count);
	pr_info("acpins: stop %x\n", acpi_walk_namespace(ACPI_TYPE_ANY, ACPI_ROOT_OBJECT, 100, stop, NULL, NULL, &value));
	pr_info("acpins: none %x\n", acpi_walk_namespace(ACPI_TYPE_ANY, ACPI_ROOT_OBJECT, 100, NULL, NULL, NULL, NULL));
	pr_info("acpins: depth %x\n", acpi_walk_namespace(ACPI_TYPE_ANY, ACPI_ROOT_OBJECT, 0, show, NULL, NULL, NULL));
	pr_info("acpins: type %x\n", acpi_walk_namespace(0x20, ACPI_ROOT_OBJECT, 1, show, NULL, NULL, NULL));
	pr_info("acpins: sb %x\n", acpi_get_handle(NULL, "\\_SB", &sb));
	pr_info("acpins: cpus %x\n", acpi_get_handle(sb, "CPUS", &cpus));
	pr_info("acpins: below %x\n", acpi_walk_namespace(ACPI_TYPE_PROCESSOR, cpus, 5, show, up, NULL, NULL));
	pr_info("acpins: level %x\n", acpi_walk_namespace(ACPI_TYPE_DEVICE, sb, 1, show, NULL, NULL, NULL));
	pr_info("acpins: serial %x\n", acpi_get_devices("PNP0501", show, NULL, NULL));
	pr_info("acpins: memory %x\n", acpi_get_devices("PNP0C80", show, NULL, NULL));
	count = 0;
	pr_info("acpins: each %x\n", acpi_get_devices(NULL, two, NULL, &value));
}

static void names(void)
{
	static const char *const paths[] = { "\\", "\\_SB.PCI0", "\\_SB_.PCI0.S08_.COM1._HID", "_SB", "\\_SB.PCI0._OSC", "^", "LNKA" };
	acpi_handle handle, sb;
	char small[6];
	struct acpi_buffer buffer = { sizeof(small), small };
	unsigned long long value;
	int i;

	acpi_get_handle(NULL, "\\_SB", &sb);
	for (i = 0; i < ARRAY_SIZE(paths); i++)
		pr_info("acpins: %s %x %x\n", paths[i], acpi_get_handle(NULL, (char *)paths[i], &handle),
			acpi_get_handle(sb, (char *)paths[i], &handle));
	pr_info("acpins: small %x", acpi_get_name(sb, ACPI_FULL_PATHNAME, &buffer));
	pr_cont(" %d %s\n", (int)buffer.length, small);
	acpi_get_handle(sb, "PCI0", &handle);
	pr_info("acpins: small %x", acpi_get_name(handle, ACPI_FULL_PATHNAME, &buffer));
	pr_cont(" %d\n", (int)buffer.length);
	buffer.length = sizeof(small);
	pr_info("acpins: single %x", acpi_get_name(handle, ACPI_SINGLE_NAME, &buffer));
	pr_cont(" %d %s\n", (int)buffer.length, small);
	pr_info("acpins: parent %x %d\n", acpi_get_parent(handle, &handle), handle == sb);
	pr_info("acpins: has %d %d %d\n", acpi_has_method(sb, "IQST"), acpi_has_method(sb, "_BQC"), acpi_has_method(NULL, "_SB"));
	pr_info("acpins: evaluate %x %x %x\n", acpi_evaluate_object(sb, "_BQC", NULL, NULL),
		acpi_evaluate_integer(sb, "_BQC", NULL, &value), acpi_execute_simple_method(sb, "_BQC", 1));
	pr_info("acpins: evaluate %x\n", acpi_evaluate_object(NULL, "_BQC", NULL, NULL));
	pr_info("acpins: dsm %d\n", !!acpi_evaluate_dsm(sb, &guid_null, 1, 1, NULL));
	pr_info("acpins: %s %s %s %s\n", acpi_format_exception(0), acpi_format_exception(AE_NOT_FOUND),
		acpi_format_exception(AE_BAD_PARAMETER), acpi_format_exception(AE_CTRL_PARSE_PENDING));
	pr_info("acpins: %s %s\n", acpi_format_exception(AE_AML_BUFFER_LENGTH), acpi_format_exception(AE_INVALID_TABLE_LENGTH));
}

static int __init acpins_init(void)
{
	static char *const tables[] = { "FACP", "APIC", "HPET", "WAET", "FACS", "EINJ", "MCFG" };
	struct acpi_table_header *table;
	int i;

	walks();
	names();
	for (i = 0; i < ARRAY_SIZE(tables); i++) {
		acpi_status status = acpi_get_table(tables[i], 0, &table);

		pr_info("acpins: %s %x %u\n", tables[i], status, status ? 0 : table->length);
		if (!status)
			print_hex_dump(KERN_INFO, "acpins: ", DUMP_PREFIX_OFFSET, 32, 4, table, table->length, false);
		if (!status)
			acpi_put_table(table);
	}
	pr_info("acpins: second %x\n", acpi_get_table("HPET", 2, &table));
	pr_info("acpins: present %d %d %d %d\n", acpi_dev_present("PNP0501", NULL, -1), acpi_dev_present("PNP0501", "2", -1),
		acpi_dev_present("PNP0501", "3", -1), acpi_dev_present("PNP0C0A", NULL, -1));
	pr_info("acpins: found %d %d\n", acpi_dev_found("PNP0303"), acpi_dev_found("PNP0C0A"));
	pr_info("acpins: match %d\n", !!acpi_dev_get_first_match_dev("PNP0C0A", NULL, -1));
	pr_info("acpins: windows %d reduced %d enforced %d disabled %d\n", acpi_osi_is_win8(), acpi_reduced_hardware(),
		acpi_resources_are_enforced(), acpi_disabled);
	pr_info("acpins: region %d\n", acpi_check_region(0x290, 8, "kobox"));
	return 0;
}
static void __exit acpins_exit(void)
{
}
module_init(acpins_init);
module_exit(acpins_exit);
MODULE_LICENSE("GPL");
