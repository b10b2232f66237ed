// SPDX-License-Identifier: GPL-2.0-only
/* Who is on the machine's PCI bus, and a driver for one of them. */
#include <linux/module.h>
#include <linux/pci.h>

static const struct pci_device_id ids[] = {
	{ PCI_DEVICE(0x8086, 0x9999) },
	{ PCI_DEVICE(0x8086, 0x7113), .driver_data = 33 },
	{ },
};
static const struct pci_device_id bridges[] = {
	{ PCI_DEVICE_CLASS(PCI_CLASS_BRIDGE_ISA << 8, ~0), .driver_data = 1 },
	{ PCI_DEVICE_SUB(PCI_ANY_ID, PCI_ANY_ID, 0x1af4, 0x1100), .driver_data = 2 },
	{ },
};
static const struct pci_device_id isa[] = { { PCI_DEVICE_CLASS(PCI_CLASS_BRIDGE_ISA << 8, ~0) }, { } };
static const struct pci_device_id nobody[] = { { PCI_DEVICE(0x1234, PCI_ANY_ID) }, { } };

static int probe(struct pci_dev *dev, const struct pci_device_id *id)
{
	u16 smbus;

	pci_read_config_word(dev, 0x90, &smbus);
	pr_info("pcidev: probe %s, %lu, %04x, irq %u\n", pci_name(dev), id->driver_data, smbus, dev->irq);
	pci_set_drvdata(dev, "kept");
	return 0;
}
static void remove(struct pci_dev *dev)
{
	pr_info("pcidev: remove %s, %s\n", pci_name(dev), (char *)pci_get_drvdata(dev));
}
static struct pci_driver driver = { .name = "pcidev", .id_table = ids, .probe = probe, .remove = remove };

static int fail(struct pci_dev *dev, const struct pci_device_id *id)
{
	pr_info("pcidev: fail %s\n", pci_name(dev));
	return -EBUSY;
}
static struct pci_driver failing = { .name = "pcidev-fails", .id_table = isa, .probe = fail };

static void show(struct pci_dev *dev)
{
	const struct pci_device_id *id = pci_match_id(bridges, dev);
	u8 byte;
	u16 word;
	u32 dword;

	pci_read_config_byte(dev, PCI_CLASS_PROG, &byte);
	pci_read_config_word(dev, PCI_STATUS, &word);
	pci_read_config_dword(dev, PCI_SUBSYSTEM_VENDOR_ID, &dword);
	pr_info("pcidev: %s %04x:%04x (%04x:%04x) class %06x rev %u type %u%s pin %u irq %u: %02x %04x %08x, id %lu\n",
		pci_name(dev), dev->vendor, dev->device, dev->subsystem_vendor, dev->subsystem_device,
		dev->class, dev->revision, dev->hdr_type, dev->multifunction ? "+" : "", dev->pin,
		dev->devfn == 0x0b ? dev->irq : 0, byte, word, dword, id ? id->driver_data : 0);
}

static int __init pcidev_init(void)
{
	struct pci_dev *dev = NULL;
	u32 value = 7;

	for_each_pci_dev(dev)
		show(dev);
	while ((dev = pci_get_class(PCI_CLASS_BRIDGE_HOST << 8, dev)))
		pr_info("pcidev: host bridge %s\n", pci_name(dev));
	dev = pci_get_device(0x8086, 0x7010, NULL);
	pr_info("pcidev: ide %s %pR %pR\n", pci_name(dev), &dev->resource[0], &dev->resource[4]);
	pr_info("pcidev: misaligned %d %d", pci_read_config_word(dev, 1, (u16 *)&value),
		pci_read_config_dword(dev, 2, &value));
	pr_cont(" %u\n", value);
	pci_dev_put(dev);
	dev = pci_get_domain_bus_and_slot(0, 0, PCI_DEVFN(1, 3));
	pr_info("pcidev: 1.3 %s, bus %u, %d\n", pci_name(dev), dev->bus->number,
		dev->bus == pci_find_bus(0, 0));
	pr_info("pcidev: slot %d\n", pci_get_slot(dev->bus, PCI_DEVFN(2, 0)) == NULL);
	pci_dev_put(dev);
	pr_info("pcidev: none %d %d\n", pci_get_domain_bus_and_slot(0, 0, 77) == NULL,
		pci_get_device(0x1234, PCI_ANY_ID, NULL) == NULL);
	pr_info("pcidev: present %d %d\n", pci_dev_present(bridges), pci_dev_present(nobody));
	pr_info("pcidev: buses %d %d\n", pci_find_next_bus(NULL) == pci_find_bus(0, 0),
		pci_find_bus(0, 9) == NULL);
	pr_info("pcidev: problems %d\n", pci_pci_problems);
	pr_info("pcidev: driver %d\n", pci_register_driver(&driver));
	pr_info("pcidev: driver %d\n", pci_register_driver(&failing));
	return 0;
}

static void __exit pcidev_exit(void)
{
	pci_unregister_driver(&failing);
	pci_unregister_driver(&driver);
}

module_init(pcidev_init);
module_exit(pcidev_exit);
MODULE_LICENSE("GPL");
