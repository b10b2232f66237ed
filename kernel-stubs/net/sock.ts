/** include/net/sock.h, as net/core/sock.c does it. */
import type { Address } from "../../src/base/address.ts";
import { ENOBUFS, ENODEV, EOPNOTSUPP } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { maySleep } from "../../src/kernel/memory/gfp.ts";
import {
  allocateSock,
  freeSock,
  initialiseSock,
  lockSock,
  releaseSock,
  unlockSock,
} from "../../src/kernel/net/sock.ts";
import { type Stub, stub } from "../../src/stub/declare.ts";

// SLAB_HWCACHE_ALIGN, SLAB_ACCOUNT
const [HWCACHE_ALIGN, ACCOUNT] = [0x2000, 0x400_0000];

interface Cache {
  readonly name: string;
  readonly size: number;
  readonly flags: number;
  readonly userOffset?: number;
  readonly userSize?: number;
}

/** A cache of a protocol's; ENOBUFS when there is none. */
const cache = (k: Kernel, { name, size, flags, userOffset = 0, userSize = 0 }: Cache): Address => {
  const made = k.heap.cacheCreate({ name, size, align: 0, flags, ctor: 0, userOffset, userSize });
  if ("cache" in made) return made.cache;
  throw new Errno(ENOBUFS);
};

/** Of connections that are asked for, and of those that wait for their end. */
const makeOthers = (k: Kernel, prot: Address): void => {
  const view = k.struct("proto", prot);
  const name = k.memory.cstring(prot + k.offsetOf("proto", "name"), 32);
  const cacheOf = (prefix: string, size: number): Address =>
    cache(k, { name: `${prefix}_${name}`, size, flags: ACCOUNT | view.slab_flags });
  if (view.rsk_prot !== 0) {
    const requests = k.struct("request_sock_ops", view.rsk_prot);
    requests.slab = cacheOf("request_sock", requests.obj_size) as typeof requests.slab;
  }
  if (view.twsk_prot !== 0) {
    const ends = k.struct("timewait_sock_ops", view.twsk_prot);
    ends.twsk_slab = cacheOf("tw_sock", ends.twsk_obj_size) as typeof ends.twsk_slab;
  }
};
const destroyAll = (k: Kernel, prot: Address): void => {
  const view = k.struct("proto", prot);
  const requests = view.rsk_prot === 0 ? undefined : k.struct("request_sock_ops", view.rsk_prot);
  const ends = view.twsk_prot === 0 ? undefined : k.struct("timewait_sock_ops", view.twsk_prot);
  for (const one of [view.slab, requests?.slab ?? 0, ends?.twsk_slab ?? 0])
    if (one !== 0) k.heap.cacheDestroy(one);
  view.slab = 0 as typeof view.slab;
  if (requests !== undefined) requests.slab = 0 as typeof requests.slab;
  if (ends !== undefined) ends.twsk_slab = 0 as typeof ends.twsk_slab;
};

export const protoRegister = stub(
  "int proto_register(struct proto *prot, int alloc_slab)",
  { fails: ["ENOBUFS"], sleeps: true, acquires: { proto: "prot" } },
  (k, { prot, alloc_slab: slab }) => {
    if (slab !== 0) {
      const view = k.struct("proto", prot);
      view.slab = cache(k, {
        name: k.memory.cstring(prot + k.offsetOf("proto", "name"), 32),
        size: view.obj_size,
        flags: HWCACHE_ALIGN | ACCOUNT | view.slab_flags,
        userOffset: view.useroffset,
        userSize: view.usersize,
      }) as typeof view.slab;
      try {
        makeOthers(k, prot);
      } catch (error) {
        destroyAll(k, prot);
        throw error;
      }
    }
    k.driverCore.registered.add(`proto ${prot}`);
    return 0;
  },
);
export const protoUnregister = stub(
  "void proto_unregister(struct proto *prot)",
  { sleeps: true, releases: { proto: "prot" } },
  (k, { prot }) => {
    k.driverCore.registered.delete(`proto ${prot}`);
    destroyAll(k, prot);
  },
);

export const skAlloc = stub(
  "struct sock *sk_alloc(struct net *net, int family, gfp_t priority, struct proto *prot, int kern)",
  { fails: ["NULL"], sleeps: ({ priority }) => maySleep(priority) },
  (k, { net, family, priority, prot, kern }) =>
    allocateSock(k, { net, family, proto: prot, gfp: priority, kernel: kern !== 0 }),
);
export const sockInitData = stub(
  "void sock_init_data(struct socket *sock, struct sock *sk)",
  (k, { sock, sk }) => initialiseSock(k, sock, sk),
);
export const sockInitDataUid = stub(
  "void sock_init_data_uid(struct socket *sock, struct sock *sk, kuid_t uid)",
  (k, { sock, sk, uid }) => {
    initialiseSock(k, sock, sk);
    k.struct("sock", sk).sk_uid.val = Number(uid);
  },
);
export const skFree = stub("void sk_free(struct sock *sk)", function* (k, { sk }) {
  yield* freeSock(k, sk);
});
export const skCommonRelease = stub("void sk_common_release(struct sock *sk)", function* (k, { sk }) {
  yield* releaseSock(k, sk);
});

export const lockSockNested = stub(
  "void lock_sock_nested(struct sock *sk, int subclass)",
  { sleeps: true, acquires: { socket_lock: "sk" } },
  (k, { sk }) => lockSock(k, sk),
);
export const releaseSockLock = stub(
  "void release_sock(struct sock *sk)",
  { releases: { socket_lock: "sk" } },
  function* (k, { sk }) {
    yield* unlockSock(k, sk);
  },
);

/** Operations that a family does not have. */
const refuses = (prototype: string, errno: "EOPNOTSUPP" | "ENODEV"): Stub =>
  stub(prototype as "int f(struct socket *sock)", { fails: [errno] }, () => {
    throw new Errno(errno === "ENODEV" ? ENODEV : EOPNOTSUPP);
  });
export const sockNoOperations = [
  "int sock_no_bind(struct socket *sock, struct sockaddr *saddr, int len)",
  "int sock_no_connect(struct socket *sock, struct sockaddr *saddr, int len, int flags)",
  "int sock_no_socketpair(struct socket *sock1, struct socket *sock2)",
  "int sock_no_accept(struct socket *sock, struct socket *newsock, int flags, bool kern)",
  "int sock_no_getname(struct socket *sock, struct sockaddr *saddr, int peer)",
  "int sock_no_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg)",
  "int sock_no_listen(struct socket *sock, int backlog)",
  "int sock_no_shutdown(struct socket *sock, int how)",
  "int sock_no_sendmsg(struct socket *sock, struct msghdr *m, size_t len)",
  "int sock_no_recvmsg(struct socket *sock, struct msghdr *m, size_t len, int flags)",
].map((prototype) => refuses(prototype, "EOPNOTSUPP"));
export const sockNoMmap = refuses(
  "int sock_no_mmap(struct file *file, struct socket *sock, struct vm_area_struct *vma)",
  "ENODEV",
);
