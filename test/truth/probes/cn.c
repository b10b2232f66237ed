// SPDX-License-Identifier: GPL-2.0
/* The connector: callbacks registered, messages to them and from them. */
#define pr_fmt(fmt) "cn: " fmt
#include <linux/connector.h>
#include <linux/module.h>
#include <linux/net.h>
#include <net/net_namespace.h>
#include <net/netlink.h>

static const struct cb_id one = { 13, 77 }, two = { 13, 78 }, long_named = { 14, 1 }, nobody = { 20, 20 };
static struct { struct cn_msg m; char text[16]; } message;
static struct { struct nlmsghdr n; struct cn_msg m; char text[16]; } __packed __aligned(4) hello;
static u8 buffer[512];
static u32 port;

static int say(const struct cb_id *id, const char *text, u32 to, u32 group)
{
	message.m.id = *id;
	message.m.seq = 5;
	message.m.ack = 6;
	message.m.len = strlen(text) + 1;
	strcpy(message.text, text);
	return cn_netlink_send(&message.m, to, group, GFP_KERNEL);
}

static void heard_one(struct cn_msg *msg, struct netlink_skb_parms *nsp)
{
	pr_info("one: %u:%u seq %u ack %u len %u flags %x %.*s port %d\n", msg->id.idx, msg->id.val, msg->seq, msg->ack, msg->len,
		msg->flags, msg->len, msg->data, nsp->portid == port);
	pr_info("answer %d\n", say(&one, "answer", nsp->portid, 0));
}

static void heard_two(struct cn_msg *msg, struct netlink_skb_parms *nsp)
{
	pr_info("two: %u\n", msg->seq);
}

static int tell(struct socket *sock, const struct cb_id *id, int whole, int len, int left_out)
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK };
	struct msghdr msg = { .msg_name = &to, .msg_namelen = sizeof(to) };
	struct kvec vec = { &hello, sizeof(hello) - left_out };

	hello.n.nlmsg_len = whole;
	hello.n.nlmsg_type = NLMSG_DONE;
	hello.n.nlmsg_seq = 3;
	hello.m.id = *id;
	hello.m.seq = 8;
	hello.m.ack = 9;
	hello.m.flags = 0x55;
	hello.m.len = len;
	strcpy(hello.text, "question");
	return kernel_sendmsg(sock, &msg, &vec, 1, vec.iov_len);
}

static void hear(struct socket *sock)
{
	struct msghdr msg = {};
	struct kvec vec = { buffer, sizeof(buffer) };
	int ret = kernel_recvmsg(sock, &msg, &vec, 1, sizeof(buffer), MSG_DONTWAIT);
	struct nlmsghdr *nlh = (void *)buffer;
	struct cn_msg *m = NLMSG_DATA(nlh);

	pr_info("heard %d\n", ret);
	if (ret > 0)
		pr_info("type %u len %u flags %x seq %u pid %u: %u:%u seq %u ack %u len %u %s\n", nlh->nlmsg_type, nlh->nlmsg_len,
			nlh->nlmsg_flags, nlh->nlmsg_seq, nlh->nlmsg_pid, m->id.idx, m->id.val, m->seq, m->ack, m->len, m->data);
}

static int __init cn_module_init(void)
{
	struct sockaddr_nl me = { .nl_family = AF_NETLINK, .nl_groups = 1 << 12 };
	int whole = sizeof(hello);
	struct socket *sock;

	pr_info("nobody %d\n", say(&one, "x", 0, 0));
	pr_info("add %d\n", cn_add_callback(&one, "t_one", heard_one));
	pr_info("again %d\n", cn_add_callback(&one, "t_other", heard_two));
	pr_info("two %d\n", cn_add_callback(&two, "t_two", heard_two));
	pr_info("long %d\n", cn_add_callback(&long_named, "t_a_name_that_is_longer_than_there_is_room", heard_two));
	pr_info("no listener %d group %d port %d\n", say(&one, "x", 0, 0), say(&one, "x", 0, 5), say(&nobody, "x", 4242, 0));
	pr_info("create %d\n", sock_create_kern(&init_net, AF_NETLINK, SOCK_DGRAM, NETLINK_CONNECTOR, &sock));
	pr_info("bind %d\n", kernel_bind(sock, (struct sockaddr *)&me, sizeof(me)));
	kernel_getsockname(sock, (struct sockaddr *)&me);
	port = me.nl_pid;
	pr_info("listener %d\n", say(&one, "group", 0, 0));
	hear(sock);
	pr_info("other id %d\n", say(&two, "same", 0, 0));
	hear(sock);
	pr_info("to port %d\n", say(&nobody, "port", port, 0));
	hear(sock);
	hear(sock);
	pr_info("told %d\n", tell(sock, &one, whole, 9, 0));
	hear(sock);
	pr_info("two %d\n", tell(sock, &two, whole, 9, 0));
	pr_info("unknown %d\n", tell(sock, &nobody, whole, 9, 0));
	pr_info("short %d long %d beyond %d small %d\n", tell(sock, &one, 30, 2, 0), tell(sock, &one, whole, 17, 0),
		tell(sock, &one, whole + 4, 9, 0), tell(sock, &one, 16 + 20, 0, 16));
	hear(sock);
	cn_del_callback(&two);
	cn_del_callback(&two);
	cn_del_callback(&nobody);
	pr_info("two is gone %d\n", tell(sock, &two, whole, 9, 0));
	sock_release(sock);
	return 0;
}

static void __exit cn_module_exit(void)
{
	cn_del_callback(&one);
	cn_del_callback(&long_named);
}

module_init(cn_module_init);
module_exit(cn_module_exit);
MODULE_LICENSE("GPL");
