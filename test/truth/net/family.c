// SPDX-License-Identifier: GPL-2.0-only
/* A family of protocols, and sockets of it that the kernel opens for itself. */
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/wait.h>
#include <net/inet_common.h>
#include <net/net_namespace.h>
#include <net/protocol.h>
#include <net/sock.h>

#define PF_T PF_ISDN

static void t_destruct(struct sock *sk)
{
	pr_info("t_family: destructed\n");
}

static void t_close(struct sock *sk, long timeout)
{
	pr_info("t_family: close\n");
	sk_common_release(sk);
}

static void t_unhash(struct sock *sk)
{
	pr_info("t_family: unhash\n");
}

static int t_proto_init(struct sock *sk)
{
	pr_info("t_family: proto init, protocol %d, num %d\n", sk->sk_protocol, inet_sk(sk)->inet_num);
	return 0;
}

static struct proto t_proto = {
	.name = "T_FAMILY",
	.owner = THIS_MODULE,
	.obj_size = sizeof(struct inet_sock),
	.close = t_close,
	.init = t_proto_init,
	.unhash = t_unhash,
};

static int t_release(struct socket *sock)
{
	struct sock *sk = sock->sk;

	pr_info("t_family: release\n");
	sock_orphan(sk);
	sock_put(sk);
	return 0;
}

static int t_bind(struct socket *sock, struct sockaddr *addr, int len)
{
	lock_sock(sock->sk);
	pr_info("t_family: bind, family %d, length %d, owned %d\n", addr->sa_family, len,
		sock_owned_by_user(sock->sk));
	release_sock(sock->sk);
	return -EADDRNOTAVAIL;
}

static int t_send(struct socket *sock, struct msghdr *msg, size_t size)
{
	char text[8] = "";
	size_t got = copy_from_iter(text, sizeof(text) - 1, &msg->msg_iter);

	pr_info("t_family: sent %zu of %zu: %s\n", got, size, text);
	return got;
}

static const struct proto_ops t_ops = {
	.family = PF_T,
	.owner = THIS_MODULE,
	.release = t_release,
	.bind = t_bind,
	.connect = sock_no_connect,
	.getname = sock_no_getname,
	.listen = sock_no_listen,
	.shutdown = sock_no_shutdown,
	.sendmsg = t_send,
};

static int t_create(struct net *net, struct socket *sock, int protocol, int kern)
{
	struct sock *sk;

	pr_info("t_family: create, type %d, protocol %d, kern %d, init_net %d\n", sock->type, protocol,
		kern, net == &init_net);
	if (protocol == 3)
		return -EPROTONOSUPPORT;
	sk = sk_alloc(net, PF_T, GFP_KERNEL, &t_proto, kern);
	if (!sk)
		return -ENOMEM;
	sock_init_data(sock, sk);
	sock->ops = &t_ops;
	sk->sk_destruct = t_destruct;
	pr_info("t_family: refs %d, state %d, socket %d, rcvlowat %d\n", refcount_read(&sk->sk_refcnt),
		sk->sk_state, sk->sk_socket == sock, sk->sk_rcvlowat);
	return 0;
}

static const struct net_proto_family t_family = {
	.family = PF_T,
	.create = t_create,
	.owner = THIS_MODULE,
};
static const struct net_proto_family t_inet = { .family = PF_INET, .owner = THIS_MODULE };

static const struct proto_ops t_inet_ops = {
	.family = PF_INET,
	.owner = THIS_MODULE,
	.release = inet_release,
	.bind = sock_no_bind,
};
static struct inet_protosw t_kind = {
	.type = SOCK_SEQPACKET,
	.protocol = 200,
	.prot = &t_proto,
	.ops = &t_inet_ops,
};
static struct inet_protosw t_tcp = {
	.type = SOCK_STREAM,
	.protocol = IPPROTO_TCP,
	.prot = &t_proto,
	.ops = &t_inet_ops,
};
static int t_handler(struct sk_buff *skb)
{
	return 0;
}
static const struct net_protocol t_protocol = { .handler = t_handler, .no_policy = 1 };

static void t_sockets(void)
{
	struct sockaddr addr = { .sa_family = PF_T };
	struct socket *sock;
	struct msghdr msg = {};
	struct kvec vec = { .iov_base = "hello", .iov_len = 5 };
	int err = sock_create_kern(&init_net, PF_T, SOCK_DGRAM, 1, &sock);

	pr_info("t_family: created %d, held %d\n", err, module_refcount(THIS_MODULE));
	pr_info("t_family: bound %d\n", kernel_bind(sock, &addr, sizeof(addr)));
	pr_info("t_family: listen %d, connect %d, name %d, shutdown %d\n", kernel_listen(sock, 1),
		kernel_connect(sock, &addr, sizeof(addr), 0), kernel_getsockname(sock, &addr),
		kernel_sock_shutdown(sock, SHUT_RDWR));
	pr_info("t_family: sendmsg %d\n", kernel_sendmsg(sock, &msg, &vec, 1, 5));
	sock_release(sock);
	pr_info("t_family: released, held %d\n", module_refcount(THIS_MODULE));
	pr_info("t_family: refused %d\n", sock_create_kern(&init_net, PF_T, SOCK_DGRAM, 3, &sock));
	pr_info("t_family: type %d, family %d\n", sock_create_kern(&init_net, PF_T, 12, 1, &sock),
		sock_create_kern(&init_net, 77, SOCK_DGRAM, 1, &sock));
	pr_info("t_family: nobody's %d\n", sock_create(PF_ECONET, SOCK_DGRAM, 1, &sock));
}

static void t_inet_sockets(void)
{
	struct socket *sock;
	struct sock *sk;
	int err;

	inet_register_protosw(&t_tcp);
	inet_register_protosw(&t_kind);
	pr_info("t_family: protocol %d, again %d, TCP %d\n", inet_add_protocol(&t_protocol, 200),
		inet_add_protocol(&t_protocol, 200), inet_add_protocol(&t_protocol, IPPROTO_TCP));
	err = inet_ctl_sock_create(&sk, PF_INET, SOCK_SEQPACKET, 200, &init_net);
	pr_info("t_family: control socket %d\n", err);
	if (!err)
		inet_ctl_sock_destroy(sk);
	pr_info("t_family: other kind %d %d\n",
		sock_create_kern(&init_net, PF_INET, SOCK_SEQPACKET, 201, &sock),
		sock_create_kern(&init_net, PF_INET, SOCK_RDM, 200, &sock));
	err = sock_create_kern(&init_net, PF_INET, SOCK_STREAM, 0, &sock);
	pr_info("t_family: TCP %d\n", err);
	if (!err) {
		pr_info("t_family: protocol %d\n", sock->sk->sk_protocol);
		sock_release(sock);
	}
	inet_unregister_protosw(&t_kind);
	pr_info("t_family: protocol gone %d %d\n", inet_del_protocol(&t_protocol, 200),
		inet_del_protocol(&t_protocol, 200));
}

static int __init t_init(void)
{
	int err = proto_register(&t_proto, 1);

	pr_info("t_family: proto %d, slab %d\n", err, t_proto.slab != NULL);
	if (err)
		return err;
	pr_info("t_family: register %d\n", sock_register(&t_family));
	pr_info("t_family: again %d\n", sock_register(&t_family));
	pr_info("t_family: inet %d\n", sock_register(&t_inet));
	t_sockets();
	t_inet_sockets();
	return 0;
}

static void __exit t_exit(void)
{
	sock_unregister(PF_T);
	proto_unregister(&t_proto);
	pr_info("t_family: gone\n");
}

module_init(t_init);
module_exit(t_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A family of protocols");
