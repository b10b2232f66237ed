// SPDX-License-Identifier: GPL-2.0-only
/* A kind of link whose devices go when it goes. */
#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/rtnetlink.h>

static void rlink_destroy(struct net_device *dev)
{
	pr_info("%s destroyed, RTNL %s\n", dev->name, rtnl_is_locked() ? "held" : "free");
}

static netdev_tx_t rlink_xmit(struct sk_buff *skb, struct net_device *dev)
{
	dev_kfree_skb(skb);
	return NETDEV_TX_OK;
}

static void rlink_uninit(struct net_device *dev)
{
	pr_info("%s uninit, RTNL %s\n", dev->name, rtnl_is_locked() ? "held" : "free");
}

static const struct net_device_ops ops = { .ndo_start_xmit = rlink_xmit, .ndo_uninit = rlink_uninit };

static void rlink_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &ops;
	dev->needs_free_netdev = true;
	dev->priv_destructor = rlink_destroy;
}

static struct rtnl_link_ops link_ops = { .kind = "t_rlink", .setup = rlink_setup };
static struct rtnl_link_ops same = { .kind = "t_rlink" };

static int __init rlink_init(void)
{
	struct net_device *dev;
	int err, i;

	pr_info("locked %d\n", rtnl_is_locked());
	err = rtnl_link_register(&link_ops);
	if (err)
		return err;
	rtnl_lock();
	pr_info("locked %d try %d\n", rtnl_is_locked(), rtnl_trylock());
	pr_info("again %d dellink %ps\n", __rtnl_link_register(&same), link_ops.dellink);
	for (i = 0; i < 2 && !err; i++) {
		dev = alloc_netdev(0, "t_rlink%d", NET_NAME_ENUM, rlink_setup);
		if (!dev) {
			err = -ENOMEM;
			break;
		}
		dev->rtnl_link_ops = &link_ops;
		err = register_netdevice(dev);
		if (err)
			free_netdev(dev);
	}
	if (err)
		__rtnl_link_unregister(&link_ops);
	rtnl_unlock();
	return err;
}

static void __exit rlink_exit(void)
{
	rtnl_link_unregister(&link_ops);
	pr_info("gone\n");
}

module_init(rlink_init);
module_exit(rlink_exit);
MODULE_LICENSE("GPL");
