// SPDX-License-Identifier: GPL-2.0
/* netlink: a kernel socket of the module's ownand a client. */
#define pr_fmt(fmt) "nlk: " fmt
#include <linux/module.h>
#include <net/netlink.h>
#include <linux/net.h>
#include <linux/skbuff.h>
#include <net/net_namespace.h>

static struct sock *nl;

static void input(struct sk_buff *skb)
{
	struct nlmsghdr *nlh = nlmsg_hdr(skb), *out;
	u32 port = NETLINK_CB(skb).portid;
	struct sk_buff *reply;
	int ret;

	pr_info("input len %u type %u seq %u text %s port %d\n", nlh->nlmsg_len, nlh->nlmsg_type, nlh->nlmsg_seq, (char *)nlmsg_data(nlh), port != 0);
	reply = nlmsg_new(16, GFP_KERNEL);
	out = nlmsg_put(reply, 0, nlh->nlmsg_seq, NLMSG_DONE, 16, 0);
	pr_info("put len %u skb %u\n", out->nlmsg_len, reply->len);
	strcpy(nlmsg_data(out), "pong");
	ret = nlmsg_unicast(nl, reply, port);
	pr_info("unicast %d\n", ret);
	reply = nlmsg_new(16, GFP_KERNEL);
	nlmsg_put(reply, 0, 0, NLMSG_DONE, 16, 0);
	pr_info("to nobody %d\n", netlink_unicast(nl, reply, 4242, MSG_DONTWAIT));
	reply = nlmsg_new(16, GFP_KERNEL);
	out = nlmsg_put(reply, 0, 77, 100, 16, 0);
	strcpy(nlmsg_data(out), "all");
	pr_info("listeners %d %d broadcast %d\n", netlink_has_listeners(nl, 1), netlink_has_listeners(nl, 2),
		netlink_broadcast(nl, reply, 0, 1, GFP_KERNEL));
}

static u8 buffer[512];

static int tell(struct socket *sock, void *data, int len)
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK };
	struct msghdr msg = { .msg_name = &to, .msg_namelen = sizeof(to) };
	struct kvec vec = { data, len };

	return kernel_sendmsg(sock, &msg, &vec, 1, len);
}

static void hear(struct socket *sock)
{
	struct msghdr msg = {};
	struct kvec vec = { buffer, sizeof(buffer) };
	int ret = kernel_recvmsg(sock, &msg, &vec, 1, sizeof(buffer), MSG_DONTWAIT);
	struct nlmsghdr *nlh = (void *)buffer;
	int left = ret;

	pr_info("heard %d\n", ret);
	for (; left >= (int)sizeof(*nlh) && NLMSG_OK(nlh, left); nlh = NLMSG_NEXT(nlh, left)) {
		if (nlh->nlmsg_type == NLMSG_ERROR)
			pr_info(" error %d seq %u\n", ((struct nlmsgerr *)NLMSG_DATA(nlh))->error, nlh->nlmsg_seq);
		else
			pr_info(" type %d len %u flags %x seq %u %*ph\n", nlh->nlmsg_type, nlh->nlmsg_len,
				nlh->nlmsg_flags, nlh->nlmsg_seq, min_t(int, nlh->nlmsg_len - 16, 24), NLMSG_DATA(nlh));
	}
}

static struct { struct nlmsghdr n; char text[16]; } __aligned(4) hello = {
	.n = { .nlmsg_len = 32, .nlmsg_type = 50, .nlmsg_flags = NLM_F_REQUEST, .nlmsg_seq = 5 }, .text = "ping",
};
static void plain(void)
{
	struct sockaddr_nl me = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	struct socket *sock;

	pr_info("create %d\n", sock_create_kern(&init_net, AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK, &sock));
	pr_info("bind %d\n", kernel_bind(sock, (struct sockaddr *)&me, sizeof(me)));
	hear(sock);
	pr_info("sent %d\n", tell(sock, &hello, sizeof(hello)));
	hear(sock);
	hear(sock);
	hear(sock);
	sock_release(sock);
}

static int __init nlk_init(void)
{
	struct netlink_kernel_cfg cfg = { .input = input, .groups = 3 };

	nl = netlink_kernel_create(&init_net, NETLINK_USERSOCK, &cfg);
	pr_info("netlink %d\n", nl != NULL);
	if (!nl)
		return -ENOMEM;
	pr_info("twice %d\n", netlink_kernel_create(&init_net, NETLINK_USERSOCK, &cfg) != NULL);
	plain();
	return 0;
}

static void __exit nlk_exit(void)
{
	netlink_kernel_release(nl);
}

module_init(nlk_init);
module_exit(nlk_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("netlink of the module's own");
