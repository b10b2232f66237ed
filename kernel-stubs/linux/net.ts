/** include/linux/net.h: sockets that the kernel opens for itself (net/socket.c). */
import type { Address } from "../../src/base/address.ts";
import { EAGAIN, EMSGSIZE, ERESTARTSYS } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { block } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";
import { signalPending } from "./sched.ts";

const LEVEL = { partial: "netlink's only: other families are refused" } as const;
const MSG_DONTWAIT = 0x40;
const TASK_INTERRUPTIBLE = 1;
/** UIO_MAXIOV, and more bytes than any message has. */
const MAX_VECTORS = 1024;
const MAX_BYTES = 1 << 20;

interface Piece {
  readonly at: Address;
  readonly length: number;
}

/** struct kvec */
const vectors = (k: Kernel, vec: Address, count: number, size: number): Piece[] => {
  let left = Math.min(size, MAX_BYTES);
  return Array.from({ length: Math.min(count, MAX_VECTORS) }, (_, index) => {
    const { iov_base: at, iov_len: length } = k.struct("kvec", vec + index * k.sizeOf("kvec"));
    const take = Math.min(left, length);
    left -= take;
    return { at, length: take };
  });
};

export const sockCreateKern = stub(
  "int sock_create_kern(struct net *net, int family, int type, int protocol, struct socket **res)",
  {
    fails: ["EAFNOSUPPORT", "EINVAL", "ESOCKTNOSUPPORT", "EPROTONOSUPPORT", "ENFILE"],
    sleeps: true,
    acquires: { socket: (k, { res }, result) => (result < 0 ? undefined : k.memory.pointer(res)) },
    level: LEVEL,
  },
  (k, { family, type, protocol, res }) => {
    k.memory.setPointer(res, k.net.sockets.create(family, type, protocol));
    return 0;
  },
);

export const sockRelease = stub(
  "void sock_release(struct socket *sock)",
  { sleeps: true, releases: { socket: "sock" } },
  (k, { sock }) => k.net.sockets.release(sock),
);

export const netRatelimit = stub("int net_ratelimit(void)", (k) => (k.net.ratelimit() ? 1 : 0));

export const kernelGetsockname = stub(
  "int kernel_getsockname(struct socket *sock, struct sockaddr *addr)",
  (k, { sock, addr }) => k.net.sockets.name(sock, addr),
);

export const kernelBind = stub(
  "int kernel_bind(struct socket *sock, struct sockaddr *addr, int addrlen)",
  { fails: ["EINVAL", "EADDRINUSE", "EOPNOTSUPP"], sleeps: true, level: LEVEL },
  (k, { sock, addr, addrlen }) => {
    k.net.sockets.bind(sock, addr, addrlen);
    return 0;
  },
);

export const kernelSendmsg = stub(
  "int kernel_sendmsg(struct socket *sock, struct msghdr *msg, struct kvec *vec, size_t num, size_t size)",
  { fails: ["ECONNREFUSED", "EMSGSIZE", "ENOBUFS", "EOPNOTSUPP"], sleeps: true, level: LEVEL },
  function* (k, { sock, vec, num, size }) {
    if (size > MAX_BYTES) throw new Errno(EMSGSIZE);
    const parts = vectors(k, vec, num, size).map(({ at, length }) => k.memory.bytes(at, length).slice());
    return yield* k.net.sockets.send(sock, Buffer.concat(parts));
  },
);

/** One message; what does not fit into the vectors is lost. */
export const kernelRecvmsg = stub(
  "int kernel_recvmsg(struct socket *sock, struct msghdr *msg, struct kvec *vec, size_t num, size_t size, int flags)",
  { fails: ["EAGAIN", "ERESTARTSYS", "EOPNOTSUPP"], sleeps: true, level: LEVEL },
  (k, { sock, vec, num, size, flags }) => {
    const message = k.net.sockets.receive(sock);
    if (message === undefined) {
      if ((flags & MSG_DONTWAIT) !== 0) throw new Errno(EAGAIN);
      if (signalPending(k, TASK_INTERRUPTIBLE)) throw new Errno(ERESTARTSYS);
      k.waits.join(sock, k.current);
      return block("a message on a socket", { interruptible: true });
    }
    k.waits.leave(sock, k.current);
    let done = 0;
    for (const { at, length } of vectors(k, vec, num, size)) {
      const part = message.subarray(done, done + length);
      k.memory.write(at, part);
      done += part.length;
    }
    return done;
  },
);
