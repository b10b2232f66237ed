/** include/linux/netlink.h, as net/netlink/af_netlink.c does it. */
import { EMSGSIZE } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { stub } from "../../src/stub/declare.ts";
import { kernelChain } from "../notifier-chain.ts";

const HEADER = 16;
const align = (size: number): number => Math.ceil(size / 4) * 4;

export const netlinkKernelCreate = stub(
  "struct sock *__netlink_kernel_create(struct net *net, int unit, struct module *module, struct netlink_kernel_cfg *cfg)",
  { fails: ["NULL"], sleeps: true, acquires: { "netlink socket": "return" } },
  (k, { unit, cfg }) => {
    const { input, groups } = cfg === 0 ? { input: 0, groups: 0 } : k.struct("netlink_kernel_cfg", cfg);
    try {
      return k.net.netlink.create(unit, { input, groups });
    } catch (error) {
      if (error instanceof Errno) return 0;
      throw error;
    }
  },
);

export const netlinkKernelRelease = stub(
  "void netlink_kernel_release(struct sock *sk)",
  { sleeps: true, releases: { "netlink socket": "sk" } },
  (k, { sk }) => k.net.netlink.release(sk),
);

export const netlinkUnicast = stub(
  "int netlink_unicast(struct sock *ssk, struct sk_buff *skb, u32 portid, int nonblock)",
  {
    fails: ["ECONNREFUSED", "EAGAIN"],
    releases: { "socket buffer": "skb" },
    level: { partial: "a port that is full refuses instead of waiting" },
  },
  (k, { ssk, skb, portid }) => k.net.netlink.unicast(ssk, skb, portid),
);

export const netlinkBroadcast = stub(
  "int netlink_broadcast(struct sock *ssk, struct sk_buff *skb, __u32 portid, __u32 group, gfp_t allocation)",
  { fails: ["ESRCH", "ENOBUFS"], releases: { "socket buffer": "skb" } },
  (k, { ssk, skb, portid, group }) => {
    k.net.netlink.broadcast(ssk, skb, portid, group);
    return 0;
  },
);

export const netlinkHasListeners = stub(
  "int netlink_has_listeners(struct sock *sk, unsigned int group)",
  (k, { sk, group }) => (k.net.netlink.hasListeners(sk, group) ? 1 : 0),
);

/** nlmsg_put() has seen to it that there is room. */
export const nlmsgPut = stub(
  "struct nlmsghdr *__nlmsg_put(struct sk_buff *skb, u32 portid, u32 seq, int type, int len, int flags)",
  (k, { skb, portid, seq, type, len, flags }) => {
    const view = k.struct("sk_buff", skb);
    const at = view.head + view.tail;
    const size = align(HEADER + len);
    if (len < 0 || view.tail + size > view.end) throw new Errno(EMSGSIZE);
    view.tail += size;
    view.len += size;
    const header = k.struct("nlmsghdr", at);
    header.nlmsg_type = type;
    header.nlmsg_len = HEADER + len;
    header.nlmsg_flags = flags;
    header.nlmsg_pid = portid;
    header.nlmsg_seq = seq;
    k.memory.fill(at + HEADER + len, 0, size - HEADER - len);
    return at;
  },
);

export const netlinkNotifiers = kernelChain(
  "netlink_register_notifier",
  "netlink_unregister_notifier",
  "there are no netlink sockets",
);
