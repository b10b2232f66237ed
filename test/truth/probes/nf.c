// SPDX-License-Identifier: GPL-2.0
/* netfilter hooks, socket buffers, and a network device. */
#define pr_fmt(fmt) "nf: " fmt
#include <linux/module.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/ip.h>
#include <linux/icmp.h>
#include <linux/udp.h>
#include <linux/skbuff.h>
#include <linux/inet.h>
#include <net/ip.h>

static int drop;
module_param(drop, int, 0644);

static unsigned int early(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct iphdr *iph = ip_hdr(skb);

	pr_info("early %s hook %u pf %u in %s out %s proto %u len %u tot %u from %pI4 to %pI4\n", (char *)priv, state->hook,
		state->pf, state->in ? state->in->name : "-", state->out ? state->out->name : "-", iph->protocol, skb->len,
		ntohs(iph->tot_len), &iph->saddr, &iph->daddr);
	return NF_ACCEPT;
}

static unsigned int late(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct iphdr *iph = ip_hdr(skb);

	if (iph->protocol == IPPROTO_ICMP) {
		struct icmphdr *icmp = (void *)iph + iph->ihl * 4;

		pr_info("icmp type %u seq %u ihl %u head %d net %d sum %d\n", icmp->type, ntohs(icmp->un.echo.sequence), iph->ihl,
			skb->data == (unsigned char *)iph, skb_network_offset(skb), ip_fast_csum(iph, iph->ihl));
	}
	return drop ? NF_DROP : NF_ACCEPT;
}

static struct nf_hook_ops ops[] = {
	{ .hook = late, .pf = NFPROTO_IPV4, .hooknum = NF_INET_LOCAL_IN, .priority = NF_IP_PRI_LAST },
	{ .hook = early, .pf = NFPROTO_IPV4, .hooknum = NF_INET_LOCAL_IN, .priority = NF_IP_PRI_FIRST, .priv = "in" },
	{ .hook = early, .pf = NFPROTO_IPV4, .hooknum = NF_INET_PRE_ROUTING, .priority = NF_IP_PRI_FIRST, .priv = "pre" },
	{ .hook = early, .pf = NFPROTO_IPV4, .hooknum = NF_INET_LOCAL_OUT, .priority = NF_IP_PRI_FIRST, .priv = "out" },
	{ .hook = early, .pf = NFPROTO_IPV4, .hooknum = NF_INET_POST_ROUTING, .priority = NF_IP_PRI_FIRST, .priv = "post" },
};

static void buffers(void)
{
	struct sk_buff *skb = alloc_skb(100, GFP_KERNEL), *copy, *clone;
	u8 out[8];

	pr_info("alloc len %u headroom %u tailroom %d end %u\n", skb->len, skb_headroom(skb), skb_tailroom(skb), skb_end_offset(skb));
	skb_reserve(skb, 16);
	memcpy(skb_put(skb, 10), "0123456789", 10);
	memcpy(skb_push(skb, 4), "head", 4);
	pr_info("len %u headroom %u tailroom %d data %.14s\n", skb->len, skb_headroom(skb), skb_tailroom(skb), skb->data);
	copy = skb_copy(skb, GFP_KERNEL);
	clone = skb_clone(skb, GFP_KERNEL);
	pr_info("copy %d clone %d cloned %d\n", copy->data != skb->data, clone->data == skb->data, skb_cloned(skb));
	skb_pull(skb, 4);
	pr_info("pull len %u data %.10s\n", skb->len, skb->data);
	pr_info("copy_bits %d %.4s bad %d\n", skb_copy_bits(skb, 2, out, 4), out, skb_copy_bits(skb, 8, out, 4));
	skb_trim(skb, 6);
	pr_info("trim len %u copy %u clone %u\n", skb->len, copy->len, clone->len);
	pr_info("csum %x\n", csum_fold(csum_partial("abcdefgh", 8, 0)));
	kfree_skb(copy);
	consume_skb(clone);
	kfree_skb(skb);
	pr_info("in_aton %x\n", ntohl(in_aton("192.168.1.20")));
}

static int __init nf_init(void)
{
	int ret;

	buffers();
	ret = nf_register_net_hooks(&init_net, ops, ARRAY_SIZE(ops));
	pr_info("register %d\n", ret);
	return ret;
}

static void __exit nf_exit(void)
{
	nf_unregister_net_hooks(&init_net, ops, ARRAY_SIZE(ops));
}

module_init(nf_init);
module_exit(nf_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("netfilter hooks");
