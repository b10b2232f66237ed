/** struct sock in guest memory (net/core/sock.c): made, locked, freed. */
import type { Address } from "../../base/address.ts";
import { initList } from "../data/guest-list.ts";
import type { Kernel } from "../kernel.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";
import { type Block, type Routine, block } from "../routine.ts";
import { releaseSkb } from "./skb.ts";

const MAX_SCHEDULE_TIMEOUT = 0x7fff_ffff_ffff_ffffn;
/** sysctl_rmem_default */
const BUFFER = 212_992;
const TCP_CLOSE = 7;
/** enum sock_flags */
export const SOCK_DEAD = 0n;
const SOCK_ZAPPED = 8n;
const NO_QUEUE_MAPPING = 0xffff;
const NO_STAMP = -1_000_000_000n;
const TASK_NORMAL = 3;
const MAX_BACKLOG = 4096;

const view = (k: Kernel, sk: Address) => k.struct("sock", sk);
const member = (k: Kernel, sk: Address, name: string): Address => sk + k.offsetOf("sock", name);

export interface NewSock {
  readonly net: Address;
  readonly family: number;
  readonly proto: Address;
  readonly gfp: number;
  /** Of the kernel's own: it holds no reference on the namespace. */
  readonly kernel: boolean;
}

/** sk_alloc(): 0 when there is no memory, or the protocol's module is going. */
export const allocateSock = (k: Kernel, { net, family, proto, gfp, kernel }: NewSock): Address => {
  const { slab, obj_size: size, owner } = k.struct("proto", proto);
  const sk = slab === 0 ? k.heap.kmalloc(size, gfp) : k.heap.cacheAlloc(slab, gfp, size);
  if (sk === 0) return 0;
  const module = k.modules.list.byStruct(owner);
  if (module !== undefined && !k.modules.references.tryGet(module)) {
    freeMemory(k, slab, sk);
    return 0;
  }
  k.memory.fill(sk, 0, size);
  const { __sk_common: common } = view(k, sk);
  common.skc_family = family;
  common.skc_prot = proto as typeof common.skc_prot;
  view(k, sk).sk_prot_creator = common.skc_prot;
  view(k, sk).sk_kern_sock = kernel ? 1 : 0;
  common.skc_net_refcnt = kernel ? 0 : 1;
  common.skc_net.net = net as typeof common.skc_net.net;
  view(k, sk).sk_wmem_alloc.refs.counter = 1;
  common.skc_tx_queue_mapping = NO_QUEUE_MAPPING;
  initList(k.memory, view(k, sk).sk_lock.wq.head.$address);
  return sk;
};

const freeMemory = (k: Kernel, slab: Address, sk: Address): void => {
  if (slab === 0) k.heap.kfree(sk);
  else k.heap.cacheFree(slab, sk);
};

/** The functions of sock_init_data(): whoever waits on the socket is woken. */
const wakesWaiters = (k: Kernel, name: string): Address =>
  k.hostCode.address(name, function* (sk = 0) {
    const { sk_wq: wq } = view(k, sk);
    const wake = k.symbols.address("__wake_up") ?? 0;
    if (wq !== 0) yield* k.call(wake, wq + k.offsetOf("socket_wq", "wait"), TASK_NORMAL, 1, 0);
    return 0;
  });

/** sock_init_data() */
export const initialiseSock = (k: Kernel, socket: Address, sk: Address): void => {
  const self = view(k, sk);
  for (const queue of ["sk_receive_queue", "sk_write_queue", "sk_error_queue"]) {
    const at = member(k, sk, queue);
    k.memory.fill(at, 0, k.sizeOf("sk_buff_head"));
    initList(k.memory, at);
  }
  self.sk_allocation = GFP_KERNEL;
  self.sk_rcvbuf = BUFFER;
  self.sk_sndbuf = BUFFER;
  self.__sk_common.skc_state = TCP_CLOSE;
  self.sk_use_task_frag = true;
  self.sk_socket = socket as typeof self.sk_socket;
  self.__sk_common.skc_flags |= 1n << SOCK_ZAPPED;
  self.sk_wq = 0 as typeof self.sk_wq;
  if (socket !== 0) {
    const owner = k.struct("socket", socket);
    self.sk_type = owner.type;
    self.sk_wq = owner.wq.$address as typeof self.sk_wq;
    owner.sk = sk as typeof owner.sk;
  }
  self.sk_state_change = wakesWaiters(k, "sock_def_wakeup") as typeof self.sk_state_change;
  self.sk_data_ready = wakesWaiters(k, "sock_def_readable") as typeof self.sk_data_ready;
  self.sk_write_space = wakesWaiters(k, "sock_def_write_space") as typeof self.sk_write_space;
  self.sk_error_report = wakesWaiters(k, "sock_def_error_report") as typeof self.sk_error_report;
  self.sk_destruct = k.hostCode.address("sock_def_destruct", () => 0) as typeof self.sk_destruct;
  self.sk_peek_off = -1;
  self.sk_rcvlowat = 1;
  self.sk_rcvtimeo = MAX_SCHEDULE_TIMEOUT;
  self.sk_sndtimeo = MAX_SCHEDULE_TIMEOUT;
  self.sk_stamp = NO_STAMP;
  self.sk_max_pacing_rate = 0xffff_ffff_ffff_ffffn;
  self.sk_pacing_rate = 0xffff_ffff_ffff_ffffn;
  self.sk_pacing_shift = 10;
  self.__sk_common.skc_incoming_cpu = -1;
  self.__sk_common.skc_rx_queue_mapping = NO_QUEUE_MAPPING;
  self.__sk_common.skc_refcnt.refs.counter = 1;
};

/** __sk_destruct(): the end of a socket that nobody refers to. */
function* destruct(k: Kernel, sk: Address): Routine<void> {
  const { sk_destruct: fn, sk_prot_creator: proto } = view(k, sk);
  if (fn !== 0) yield* k.call(fn, sk);
  const { slab, owner } = k.struct("proto", proto);
  freeMemory(k, slab, sk);
  const module = k.modules.list.byStruct(owner);
  if (module !== undefined) k.modules.references.put(module);
}

/** sk_free(): packets that are being sent hold it, too. */
export function* freeSock(k: Kernel, sk: Address): Routine<void> {
  const { refs } = view(k, sk).sk_wmem_alloc;
  refs.counter -= 1;
  if (refs.counter === 0) yield* destruct(k, sk);
}

export function* putSock(k: Kernel, sk: Address): Routine<void> {
  const { refs } = view(k, sk).__sk_common.skc_refcnt;
  refs.counter -= 1;
  if (refs.counter === 0) yield* freeSock(k, sk);
}

/** sk_common_release(): what a protocol does that has nothing to wait for. */
export function* releaseSock(k: Kernel, sk: Address): Routine<void> {
  const self = view(k, sk);
  const { destroy, unhash } = k.struct("proto", self.__sk_common.skc_prot);
  if (destroy !== 0) yield* k.call(destroy, sk);
  yield* k.call(unhash, sk);
  if (self.sk_socket !== 0) k.struct("socket", self.sk_socket).sk = 0 as never;
  self.__sk_common.skc_flags |= 1n << SOCK_DEAD;
  self.sk_socket = 0 as typeof self.sk_socket;
  self.sk_wq = 0 as typeof self.sk_wq;
  yield* putSock(k, sk);
}

/** lock_sock(): a process owns it; packets that come meanwhile go into the backlog. */
export const lockSock = (k: Kernel, sk: Address): Block | undefined => {
  const { sk_lock: lock } = view(k, sk);
  if (lock.owned !== 0) {
    k.waits.join(sk, k.current);
    return block("a socket that another process owns");
  }
  k.waits.leave(sk, k.current);
  lock.owned = 1;
  return undefined;
};

/** release_sock() */
export function* unlockSock(k: Kernel, sk: Address): Routine<void> {
  const self = view(k, sk);
  for (let turn = 0; self.sk_backlog.tail !== 0 && turn < MAX_BACKLOG; turn += 1) {
    let skb = self.sk_backlog.head as Address;
    [self.sk_backlog.head, self.sk_backlog.tail] = [0 as never, 0 as never];
    for (let count = 0; skb !== 0 && count < MAX_BACKLOG; count += 1) {
      const next = k.struct("sk_buff", skb).next as Address;
      k.struct("sk_buff", skb).next = 0 as never;
      if (self.sk_backlog_rcv === 0) releaseSkb(k, skb);
      else yield* k.call(self.sk_backlog_rcv, sk, skb);
      skb = next;
    }
    self.sk_backlog.len = 0;
  }
  const { release_cb: released } = k.struct("proto", self.__sk_common.skc_prot);
  if (released !== 0) yield* k.call(released, sk);
  self.sk_lock.owned = 0;
  k.waits.wakeAll(sk);
}
