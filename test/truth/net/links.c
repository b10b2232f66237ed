// SPDX-License-Identifier: GPL-2.0-only
/* Devices that are unregistered together, and what notifiers hear of it. */
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/rtnetlink.h>

static void t_setup(struct net_device *dev);

static netdev_tx_t t_xmit(struct sk_buff *skb, struct net_device *dev)
{
	return NETDEV_TX_OK;
}

static void t_destroy(struct net_device *dev)
{
	pr_info("t_links: %s is destroyed\n", dev->name);
}

static const struct net_device_ops t_ops = { .ndo_start_xmit = t_xmit };

static void t_setup(struct net_device *dev)
{
	dev->netdev_ops = &t_ops;
	dev->needs_free_netdev = true;
	dev->priv_destructor = t_destroy;
}

static int t_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);

	if (strcmp(dev->name, "lo"))
		pr_info("t_links: %s: %s\n", dev->name, netdev_cmd_to_name(event));
	return NOTIFY_DONE;
}

static struct notifier_block t_block = { .notifier_call = t_event };

static struct rtnl_link_ops t_links = { .kind = "t_links", .setup = t_setup };

static struct net_device *t_make(void)
{
	struct net_device *dev = alloc_netdev(0, "tlk%d", NET_NAME_UNKNOWN, t_setup);

	if (!dev)
		return NULL;
	dev->rtnl_link_ops = &t_links;
	if (register_netdevice(dev)) {
		free_netdev(dev);
		return NULL;
	}
	return dev;
}

static int __init t_init(void)
{
	struct net_device *first, *second;
	LIST_HEAD(list);
	int err = register_netdevice_notifier(&t_block);

	if (err)
		return err;
	err = rtnl_link_register(&t_links);
	rtnl_lock();
	first = t_make();
	second = t_make();
	unregister_netdevice_queue(first, &list);
	unregister_netdevice_queue(second, &list);
	pr_info("t_links: queued, states %d %d\n", first->reg_state, second->reg_state);
	unregister_netdevice_many(&list);
	pr_info("t_links: unregistered, states %d %d\n", first->reg_state, second->reg_state);
	first = t_make();
	pr_info("t_links: another one: %s\n", first ? first->name : "none");
	rtnl_unlock();
	rtnl_lock();
	second = t_make();
	pr_info("t_links: one more: %s\n", second ? second->name : "none");
	rtnl_unlock();
	return err;
}

static void __exit t_exit(void)
{
	rtnl_link_unregister(&t_links);
	pr_info("t_links: links are gone\n");
	unregister_netdevice_notifier(&t_block);
}

module_init(t_init);
module_exit(t_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Devices that are unregistered together");
