// SPDX-License-Identifier: GPL-2.0
/* A network device that hears what it says: NAPI, packet types, notifiers, fragments. */
#define pr_fmt(fmt) "napi: " fmt
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>

#define ETH_P_TEST 0x88B5

static struct net_device *dev;
static struct sk_buff_head wire;
static struct napi_struct napi;
static int budget_left = 2;

static int poll(struct napi_struct *n, int budget)
{
	struct sk_buff *skb;
	int done = 0;

	while (done < budget && (skb = skb_dequeue(&wire))) {
		skb->protocol = eth_type_trans(skb, dev);
		dev->stats.rx_packets++;
		dev->stats.rx_bytes += skb->len;
		pr_info("poll hands in %u bytes, softirq %d\n", skb->len, !!in_serving_softirq());
		if (done & 1)
			napi_gro_receive(n, skb);
		else
			netif_receive_skb(skb);
		done++;
	}
	if (done < budget)
		pr_info("done %d of %d complete %d\n", done, budget, napi_complete_done(n, done));
	return done;
}

static int nd_open(struct net_device *d)
{
	pr_info("open running %d\n", netif_running(d));
	napi_enable(&napi);
	netif_start_queue(d);
	return 0;
}

static int nd_stop(struct net_device *d)
{
	netif_stop_queue(d);
	napi_disable(&napi);
	pr_info("stop running %d\n", netif_running(d));
	return 0;
}

static netdev_tx_t nd_xmit(struct sk_buff *skb, struct net_device *d)
{
	if (skb->protocol != htons(ETH_P_TEST)) {
		dev_kfree_skb(skb);
		return NETDEV_TX_OK;
	}
	pr_info("xmit %u bytes frags %d nonlinear %u\n", skb->len, skb_shinfo(skb)->nr_frags, skb->data_len);
	d->stats.tx_packets++;
	d->stats.tx_bytes += skb->len;
	skb_queue_tail(&wire, skb);
	if (--budget_left == 0) {
		netif_stop_queue(d);
		pr_info("queue stopped %d\n", netif_queue_stopped(d));
	}
	if (napi_schedule_prep(&napi)) {
		pr_info("schedule, again %d\n", napi_schedule_prep(&napi));
		__napi_schedule(&napi);
	}
	return NETDEV_TX_OK;
}

static const struct net_device_ops nd_ops = {
	.ndo_open = nd_open, .ndo_stop = nd_stop, .ndo_start_xmit = nd_xmit,
	.ndo_set_mac_address = eth_mac_addr, .ndo_validate_addr = eth_validate_addr,
};

static int heard(struct sk_buff *skb, struct net_device *d, struct packet_type *pt, struct net_device *orig)
{
	pr_info("heard by %s on %s: proto %04x len %u type %u first %02x mac %d net %d\n", pt->type == htons(ETH_P_ALL) ? "all" : "own",
		d->name, ntohs(skb->protocol), skb->len, skb->pkt_type, skb->data[0], skb_mac_offset(skb), skb_network_offset(skb));
	kfree_skb(skb);
	return 0;
}

static struct packet_type own = { .type = htons(ETH_P_TEST), .func = heard };
static struct packet_type all = { .type = htons(ETH_P_ALL), .func = heard };

static int event(struct notifier_block *nb, unsigned long what, void *data)
{
	struct net_device *d = netdev_notifier_info_to_dev(data);

	pr_info("event %lu %s %s\n", what, netdev_cmd_to_name(what), d->name);
	return NOTIFY_DONE;
}

static struct notifier_block nb = { .notifier_call = event };

static struct sk_buff *frame(int size, int type)
{
	struct sk_buff *skb = netdev_alloc_skb(dev, size + ETH_HLEN + LL_RESERVED_SPACE(dev));
	struct ethhdr *eth;

	skb_reserve(skb, LL_RESERVED_SPACE(dev));
	memset(skb_put(skb, size), 0x40 + size, size);
	eth = skb_push(skb, ETH_HLEN);
	memcpy(eth->h_dest, dev->dev_addr, ETH_ALEN);
	memcpy(eth->h_source, dev->dev_addr, ETH_ALEN);
	eth->h_proto = htons(type);
	skb->protocol = htons(type);
	skb->dev = dev;
	return skb;
}

static void fragments(void)
{
	struct sk_buff *skb = frame(10, ETH_P_TEST);
	struct page *page = alloc_page(GFP_KERNEL);
	u8 out[8];
	int i;

	for (i = 0; i < 64; i++)
		((u8 *)page_address(page))[i] = i;
	skb_add_rx_frag(skb, 0, page, 16, 20, PAGE_SIZE);
	pr_info("frag len %u data_len %u headlen %u nr %d\n", skb->len, skb->data_len, skb_headlen(skb), skb_shinfo(skb)->nr_frags);
	pr_info("copy %d", skb_copy_bits(skb, 20, out, 8));
	pr_cont(" %*ph\n", 8, out);
	pr_info("past %d\n", skb_copy_bits(skb, 40, out, 8));
	pr_info("sum %x\n", csum_fold(skb_checksum(skb, 14, 30, 0)));
	pr_info("pull %d headlen %u data_len %u at 25 %02x\n", pskb_may_pull(skb, 26), skb_headlen(skb), skb->data_len, skb->data[25]);
	pr_info("linearize %d headlen %u nr %d last %02x\n", skb_linearize(skb), skb_headlen(skb), skb_shinfo(skb)->nr_frags,
		skb->data[skb->len - 1]);
	kfree_skb(skb);
}

static int __init nd_init(void)
{
	u8 addr[ETH_ALEN] = { 2, 0, 0, 0, 0, 9 };
	int ret;

	skb_queue_head_init(&wire);
	dev = alloc_etherdev(0);
	strcpy(dev->name, "napi%d");
	eth_hw_addr_set(dev, addr);
	dev->netdev_ops = &nd_ops;
	dev->flags |= IFF_NOARP;
	netif_napi_add(dev, &napi, poll);
	pr_info("weight %d state %lx\n", napi.weight, napi.state & 7);
	pr_info("prep while disabled %d\n", napi_schedule_prep(&napi));
	pr_info("notifier %d\n", register_netdevice_notifier(&nb));
	ret = register_netdev(dev);
	pr_info("register %d %s state %d flags %x\n", ret, dev->name, dev->reg_state, dev->flags);
	pr_info("down: xmit %d\n", dev_queue_xmit(frame(20, ETH_P_TEST)));
	dev_add_pack(&own);
	rtnl_lock();
	pr_info("dev_open %d flags %x operstate %u\n", dev_open(dev, NULL), dev->flags & ~IFF_MULTICAST, dev->operstate);
	rtnl_unlock();
	local_bh_disable();
	pr_info("xmit %d\n", dev_queue_xmit(frame(20, ETH_P_TEST)));
	pr_info("xmit %d\n", dev_queue_xmit(frame(30, ETH_P_TEST)));
	local_bh_enable();
	netif_wake_queue(dev);
	fragments();
	dev_add_pack(&all);
	pr_info("netif_rx %d\n", ({ struct sk_buff *s = frame(40, ETH_P_TEST); s->protocol = eth_type_trans(s, dev); netif_rx(s); }));
	pr_info("unknown %d\n", ({ struct sk_buff *s = frame(50, 0x88B6); s->protocol = eth_type_trans(s, dev); local_bh_disable(); ret = netif_receive_skb(s); local_bh_enable(); ret; }));
	dev_remove_pack(&all);
	netif_carrier_off(dev);
	pr_info("carrier %d\n", netif_carrier_ok(dev));
	netif_carrier_on(dev);
	pr_info("tx %lu/%lu rx %lu/%lu\n", dev->stats.tx_packets, dev->stats.tx_bytes, dev->stats.rx_packets, dev->stats.rx_bytes);
	return 0;
}

static void __exit nd_exit(void)
{
	dev_remove_pack(&own);
	unregister_netdev(dev);
	pr_info("unregister state %d\n", dev->reg_state);
	unregister_netdevice_notifier(&nb);
	netif_napi_del(&napi);
	free_netdev(dev);
}

module_init(nd_init);
module_exit(nd_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("NAPI and packet types");
