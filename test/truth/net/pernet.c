// SPDX-License-Identifier: GPL-2.0-only
/* Operations of a network namespace: identifiers, data, failures, and devices that end with them. */
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/proc_fs.h>
#include <linux/rtnetlink.h>
#include <linux/seq_file.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

static char *what = "ok";
module_param(what, charp, 0);

struct t_data {
	struct net_device *dev;
	int seen;
};
static unsigned int t_id, t_second_id;

static void t_destroy(struct net_device *dev)
{
	pr_info("t_pernet: %s is destroyed, state %d\n", dev->name, dev->reg_state);
}

static void t_uninit(struct net_device *dev)
{
	pr_info("t_pernet: %s: uninit, state %d, dismantle %d\n", dev->name, dev->reg_state, dev->dismantle);
}

static netdev_tx_t t_xmit(struct sk_buff *skb, struct net_device *dev)
{
	return NETDEV_TX_OK;
}

static const struct net_device_ops t_ops = { .ndo_uninit = t_uninit, .ndo_start_xmit = t_xmit };

static void t_setup(struct net_device *dev)
{
	dev->netdev_ops = &t_ops;
	dev->needs_free_netdev = true;
	dev->priv_destructor = t_destroy;
}

static int t_show(struct seq_file *file, void *v)
{
	seq_puts(file, "shown\n");
	return 0;
}

static int __net_init t_init_net(struct net *net)
{
	struct t_data *data = net_generic(net, t_id);
	struct proc_dir_entry *dir;
	int err;

	pr_info("t_pernet: init, of init_net %d, data %d\n", net_eq(net, &init_net), data->seen);
	pr_info("t_pernet: lo %d, proc_net %d, refs %d\n", !strcmp(net->loopback_dev->name, "lo"),
		net->proc_net != NULL, net->user_ns == &init_user_ns);
	if (!strcmp(what, "refuse"))
		return -EPERM;
	data->seen = 7;
	dir = proc_net_mkdir(net, "t_dir", net->proc_net);
	pr_info("t_pernet: directory %d\n", dir != NULL);
	proc_create_net_single("t_pernet", 0444, dir, t_show, NULL);
	data->dev = alloc_netdev(0, "tpn%d", NET_NAME_UNKNOWN, t_setup);
	if (!data->dev)
		return -ENOMEM;
	err = register_netdev(data->dev);
	pr_info("t_pernet: registered %s: %d\n", data->dev->name, err);
	return err;
}

static void __net_exit t_exit_net(struct net *net)
{
	struct t_data *data = net_generic(net, t_id);

	pr_info("t_pernet: exit, data %d\n", data->seen);
	remove_proc_subtree("t_dir", net->proc_net);
	rtnl_lock();
	unregister_netdevice(data->dev);
	pr_info("t_pernet: still there, state %d\n", data->dev->reg_state);
	rtnl_unlock();
	pr_info("t_pernet: left the rtnl\n");
}

static struct pernet_operations t_net_ops = {
	.init = t_init_net,
	.exit = t_exit_net,
	.id = &t_id,
	.size = sizeof(struct t_data),
};

static void __net_exit t_pre_exit(struct net *net)
{
	pr_info("t_pernet: second: pre_exit\n");
}

static void __net_exit t_exit_batch(struct list_head *nets)
{
	struct net *net;

	list_for_each_entry(net, nets, exit_list)
		pr_info("t_pernet: second: batch, of init_net %d\n", net_eq(net, &init_net));
}

static struct pernet_operations t_second_ops = {
	.pre_exit = t_pre_exit,
	.exit_batch = t_exit_batch,
	.id = &t_second_id,
};

static int __init t_init(void)
{
	int err = register_pernet_subsys(&t_net_ops);

	pr_info("t_pernet: subsys %d\n", err);
	if (err)
		return err;
	err = register_pernet_device(&t_second_ops);
	pr_info("t_pernet: device %d, another number %d\n", err, t_second_id != t_id);
	return err;
}

static void __exit t_exit(void)
{
	unregister_pernet_device(&t_second_ops);
	unregister_pernet_subsys(&t_net_ops);
	pr_info("t_pernet: gone\n");
}

module_init(t_init);
module_exit(t_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Operations of a network namespace");
