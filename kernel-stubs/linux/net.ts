/** include/linux/net.h: sockets that the kernel opens for itself (net/socket.c). */
import { asInt } from "../../src/abi/calls.ts";
import type { Address } from "../../src/base/address.ts";
import { EAGAIN, EMSGSIZE, EOPNOTSUPP, ERESTARTSYS } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { NPROTO } from "../../src/kernel/net/families.ts";
import { type Routine, block } from "../../src/kernel/routine.ts";
import { gracePeriod } from "../../src/kernel/time/rcu.ts";
import { ITER } from "../../src/kernel/vfs/iov-iter.ts";
import { stub } from "../../src/stub/declare.ts";
import { bugAt } from "../reports.ts";
import { signalPending } from "./sched.ts";

const LEVEL = {
  partial: "nothing goes over the kernel's own IPv4 and IPv6, whose sockets only exist",
} as const;
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

const CREATES = {
  fails: ["EAFNOSUPPORT", "EINVAL", "ESOCKTNOSUPPORT", "EPROTONOSUPPORT", "ENFILE"],
  sleeps: true,
  level: LEVEL,
} as const;
const made = (k: Kernel, { res }: { readonly res: Address }, result: number): Address | undefined =>
  result < 0 ? undefined : k.memory.pointer(res);

export const sockCreateKern = stub(
  "int sock_create_kern(struct net *net, int family, int type, int protocol, struct socket **res)",
  { ...CREATES, acquires: { socket: (k, args, result) => made(k, args, result) } },
  function* (k, { family, type, protocol, res }) {
    k.memory.setPointer(res, yield* k.net.sockets.create(family, type, protocol, true));
    return 0;
  },
);
export const sockCreate = stub(
  "int sock_create(int family, int type, int protocol, struct socket **res)",
  { ...CREATES, acquires: { socket: (k, args, result) => made(k, args, result) } },
  function* (k, { family, type, protocol, res }) {
    k.memory.setPointer(res, yield* k.net.sockets.create(family, type, protocol, false));
    return 0;
  },
);
export const sockCreateAnyhow = stub(
  "int __sock_create(struct net *net, int family, int type, int proto, struct socket **res, int kern)",
  { ...CREATES, acquires: { socket: (k, args, result) => made(k, args, result) } },
  function* (k, { family, type, proto, res, kern }) {
    k.memory.setPointer(res, yield* k.net.sockets.create(family, type, proto, kern !== 0));
    return 0;
  },
);
export const sockCreateLite = stub(
  "int sock_create_lite(int family, int type, int proto, struct socket **res)",
  {
    fails: ["ENOMEM"],
    sleeps: true,
    acquires: { socket: (k, args, result) => made(k, args, result) },
  },
  (k, { type, res }) => {
    k.memory.setPointer(res, k.net.sockets.createBare(type));
    return 0;
  },
);

export const sockRelease = stub(
  "void sock_release(struct socket *sock)",
  { sleeps: true, releases: { socket: "sock" } },
  function* (k, { sock }) {
    yield* k.net.sockets.release(sock);
  },
);

export const sockRegister = stub(
  "int sock_register(const struct net_proto_family *fam)",
  { fails: ["ENOBUFS", "EEXIST"], acquires: { protocol_family: "fam" } },
  (k, { fam }) => {
    k.net.families.register(fam);
    return 0;
  },
);
export const sockUnregister = stub(
  "void sock_unregister(int family)",
  { sleeps: true, releases: { protocol_family: (k, { family }) => k.net.families.find(family) } },
  function* (k, { family }) {
    if (family < 0 || family >= NPROTO) bugAt(k, "sock_unregister");
    yield* gracePeriod(k);
    k.net.families.unregister(family);
  },
);
export const sockIsRegistered = stub("bool sock_is_registered(int family)", (k, { family }) => {
  const { families } = k.net;
  return families.isBuiltIn(family) || families.find(family) !== undefined;
});

export const netRatelimit = stub("int net_ratelimit(void)", (k) => (k.net.ratelimit() ? 1 : 0));

type SocketOperation =
  | "bind"
  | "listen"
  | "connect"
  | "accept"
  | "getname"
  | "shutdown"
  | "sendmsg"
  | "recvmsg";

/** One of the socket's own functions. Errno EOPNOTSUPP where it has none. */
function* operate(
  k: Kernel,
  socket: Address,
  operation: SocketOperation,
  ...args: readonly number[]
): Routine<number> {
  const { ops } = k.struct("socket", socket);
  const fn = ops === 0 ? 0 : k.struct("proto_ops", ops)[operation];
  if (fn === 0) throw new Errno(EOPNOTSUPP);
  return asInt(yield* k.call(fn, socket, ...args));
}

export const kernelGetsockname = stub(
  "int kernel_getsockname(struct socket *sock, struct sockaddr *addr)",
  { fails: ["EOPNOTSUPP"] },
  function* (k, { sock, addr }) {
    if (k.net.sockets.isNetlink(sock)) return k.net.sockets.name(sock, addr);
    return yield* operate(k, sock, "getname", addr, 0);
  },
);
export const kernelGetpeername = stub(
  "int kernel_getpeername(struct socket *sock, struct sockaddr *addr)",
  { fails: ["EOPNOTSUPP", "ENOTCONN"] },
  function* (k, { sock, addr }) {
    return yield* operate(k, sock, "getname", addr, 1);
  },
);

export const kernelBind = stub(
  "int kernel_bind(struct socket *sock, struct sockaddr *addr, int addrlen)",
  { fails: ["EINVAL", "EADDRINUSE", "EOPNOTSUPP"], sleeps: true, level: LEVEL },
  function* (k, { sock, addr, addrlen }) {
    if (!k.net.sockets.isNetlink(sock)) return yield* operate(k, sock, "bind", addr, addrlen);
    k.net.sockets.bind(sock, addr, addrlen);
    return 0;
  },
);
export const kernelListen = stub(
  "int kernel_listen(struct socket *sock, int backlog)",
  { fails: ["EOPNOTSUPP", "EINVAL"], sleeps: true, level: LEVEL },
  function* (k, { sock, backlog }) {
    return yield* operate(k, sock, "listen", backlog);
  },
);
export const kernelConnect = stub(
  "int kernel_connect(struct socket *sock, struct sockaddr *addr, int addrlen, int flags)",
  { fails: ["EOPNOTSUPP", "ECONNREFUSED", "ENETUNREACH"], sleeps: true, level: LEVEL },
  function* (k, { sock, addr, addrlen, flags }) {
    return yield* operate(k, sock, "connect", addr, addrlen, flags);
  },
);
export const kernelSockShutdown = stub(
  "int kernel_sock_shutdown(struct socket *sock, enum sock_shutdown_cmd how)",
  { fails: ["EOPNOTSUPP", "ENOTCONN"], sleeps: true, level: LEVEL },
  function* (k, { sock, how }) {
    return yield* operate(k, sock, "shutdown", how);
  },
);

/** iov_iter_kvec(): what a message of the kernel's own is made of. */
const setVectors = (
  k: Kernel,
  msg: Address,
  source: boolean,
  vec: Address,
  num: number,
  size: number,
): void => {
  const at = msg + k.offsetOf("msghdr", "msg_iter");
  k.memory.fill(at, 0, k.sizeOf("iov_iter"));
  const iter = k.struct("iov_iter", at);
  iter.iter_type = ITER.KVEC;
  iter.data_source = source;
  iter.kvec = vec as typeof iter.kvec;
  iter.nr_segs = BigInt(num);
  iter.count = size;
};

export const kernelSendmsg = stub(
  "int kernel_sendmsg(struct socket *sock, struct msghdr *msg, struct kvec *vec, size_t num, size_t size)",
  { fails: ["ECONNREFUSED", "EMSGSIZE", "ENOBUFS", "EOPNOTSUPP"], sleeps: true, level: LEVEL },
  function* (k, { sock, msg, vec, num, size }) {
    if (!k.net.sockets.isNetlink(sock)) {
      setVectors(k, msg, true, vec, num, size);
      return yield* operate(k, sock, "sendmsg", msg, size);
    }
    if (size > MAX_BYTES) throw new Errno(EMSGSIZE);
    const parts = vectors(k, vec, num, size).map(({ at, length }) => k.memory.bytes(at, length).slice());
    return yield* k.net.sockets.send(sock, Buffer.concat(parts));
  },
);

/** One message; what does not fit into the vectors is lost. */
export const kernelRecvmsg = stub(
  "int kernel_recvmsg(struct socket *sock, struct msghdr *msg, struct kvec *vec, size_t num, size_t size, int flags)",
  {
    fails: ["EAGAIN", "ERESTARTSYS", "EOPNOTSUPP"],
    sleeps: true,
    level: { partial: "netlink's only: other families are refused" },
  },
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
