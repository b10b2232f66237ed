// SPDX-License-Identifier: GPL-2.0-only
/* What the machine says of itself. */
#include <linux/dmi.h>
#include <linux/module.h>

static int seen(const struct dmi_system_id *id)
{
	pr_info("seen %s\n", id->ident);
	return id->driver_data ? 1 : 0;
}

static const struct dmi_system_id machines[] = {
	{ .callback = seen, .ident = "other",
	  .matches = { DMI_MATCH(DMI_SYS_VENDOR, "ASUSTeK") } },
	{ .callback = seen, .ident = "part",
	  .matches = { DMI_MATCH(DMI_SYS_VENDOR, "EM"), DMI_MATCH(DMI_PRODUCT_NAME, "PC") } },
	{ .callback = seen, .ident = "half",
	  .matches = { DMI_MATCH(DMI_SYS_VENDOR, "QEMU"), DMI_MATCH(DMI_PRODUCT_NAME, "Latitude") } },
	{ .callback = seen, .ident = "exact part",
	  .matches = { DMI_EXACT_MATCH(DMI_SYS_VENDOR, "QEM") } },
	{ .callback = seen, .ident = "exact", .driver_data = (void *)1,
	  .matches = { DMI_EXACT_MATCH(DMI_SYS_VENDOR, "QEMU") } },
	{ .callback = seen, .ident = "behind the last",
	  .matches = { DMI_MATCH(DMI_SYS_VENDOR, "QEMU") } },
	{ }
};

static const struct dmi_system_id none[] = {
	{ .ident = "none", .matches = { DMI_MATCH(DMI_BOARD_NAME, "X") } },
	{ }
};

static int __init dmi_test_init(void)
{
	const struct dmi_system_id *first = dmi_first_match(machines);
	int year, month, day, field;

	for (field = 0; field < DMI_STRING_MAX; field++) {
		const char *text = dmi_get_system_info(field);

		pr_info("field %d: %s\n", field, text ? text : "none");
	}
	pr_info("checked %d, none %d\n", dmi_check_system(machines), dmi_check_system(none));
	pr_info("first %s, none %d\n", first ? first->ident : "none", dmi_first_match(none) != NULL);
	pr_info("match %d %d %d\n", dmi_match(DMI_SYS_VENDOR, "QEMU"), dmi_match(DMI_SYS_VENDOR, "QEM"),
		dmi_match(DMI_BOARD_NAME, NULL));
	pr_info("vendors %d %d %d\n", dmi_name_in_vendors("QEMU"), dmi_name_in_vendors("SeaB"),
		dmi_name_in_vendors("Dell"));
	pr_info("year %d", dmi_get_bios_year());
	pr_cont(" date %d", dmi_get_date(DMI_BIOS_DATE, &year, &month, &day));
	pr_cont(" %d-%d-%d\n", year, month, day);
	return 0;
}

static void __exit dmi_test_exit(void)
{
}

module_init(dmi_test_init);
module_exit(dmi_test_exit);
MODULE_LICENSE("GPL");
