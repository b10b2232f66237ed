/** include/net/inet_common.h, as net/ipv4/af_inet.c does it. */
import { releaseInet } from "../../src/kernel/net/inet-socket.ts";
import { stub } from "../../src/stub/declare.ts";

const GFP_ATOMIC = 0xa20;

export const inetRelease = stub(
  "int inet_release(struct socket *sock)",
  { sleeps: true },
  function* (k, { sock }) {
    yield* releaseInet(k, sock);
    return 0;
  },
);

/** A socket of the kernel's for what it has to say itself; no packet finds it. */
export const inetCtlSockCreate = stub(
  `int inet_ctl_sock_create(struct sock **sk, unsigned short family, unsigned short type,
      unsigned char protocol, struct net *net)`,
  {
    fails: ["EAFNOSUPPORT", "ESOCKTNOSUPPORT", "EPROTONOSUPPORT", "ENOMEM"],
    sleeps: true,
    acquires: {
      socket: (k, { sk }, result) =>
        result < 0 ? undefined : k.struct("sock", k.memory.pointer(sk)).sk_socket,
    },
  },
  function* (k, { sk: to, family, type, protocol }) {
    const socket = yield* k.net.sockets.create(family, type, protocol, true);
    const { sk } = k.struct("socket", socket);
    k.memory.setPointer(to, sk);
    const view = k.struct("sock", sk);
    view.sk_allocation = GFP_ATOMIC;
    view.sk_use_task_frag = false;
    yield* k.call(k.struct("proto", view.__sk_common.skc_prot).unhash, sk);
    return 0;
  },
);
