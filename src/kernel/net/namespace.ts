/** The first network namespace, and what subsystems keep in it (net/core/net_namespace.c). */
import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import { ENOMEM } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { addTail, initList, removeInit } from "../data/guest-list.ts";
import { imageVariable } from "../image-variable.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { TASK_UNINTERRUPTIBLE } from "../sched/signals.ts";
import { gracePeriod } from "../time/rcu.ts";

/** What /proc/self/ns/net shows of the first one. */
const INUM = 0xf000_0000;
/** MIN_PERNET_OPS_ID, and more than the kernel and all its modules take. */
const FIRST_ID = 3;
const MAX_IDS = 1024;
/** KMALLOC_MAX_SIZE */
const MAX_DATA = 4 << 20;

export interface Namespaces {
  /** init_net, with its list of devices and its loopback device. */
  first(): Address;
  /** register_pernet_subsys() and _device(). Errno ENOMEM, and what ops->init answers. */
  register(ops: Address): Routine<void>;
  unregister(ops: Address): Routine<void>;
}

/** pernet_ops_rwsem is held for writing while operations come and go. */
const lockAt = (k: Kernel): Address => {
  const at = imageVariable(k, "pernet_ops_rwsem", k.sizeOf("rw_semaphore"));
  const list = at + k.offsetOf("rw_semaphore", "wait_list");
  if (k.memory.pointer(list) === 0) initList(k.memory, list);
  return at;
};

const fill = (k: Kernel, net: Address): void => {
  const view = k.struct("net", net);
  k.net.devices.list();
  view.loopback_dev = k.net.devices.loopback() as typeof view.loopback_dev;
  view.ns.inum = INUM;
  view.ns.count.refs.counter = 1;
  view.passive.refs.counter = 1;
  view.ifindex = 1;
  view.user_ns = (k.symbols.address("init_user_ns") ?? 0) as typeof view.user_ns;
  view.proc_net = k.vfs.procfs.adopt("net") as typeof view.proc_net;
  view.proc_net_stat = k.vfs.procfs.adopt("net/stat") as typeof view.proc_net_stat;
  view.gen = k.statics.allocate(MAX_IDS * 8) as typeof view.gen;
  k.memory.setU32(view.gen, MAX_IDS);
  initList(k.memory, net + k.offsetOf("net", "rules_ops"));
};

export const createNamespaces = (k: Kernel): Namespaces => {
  const state = { net: 0 };
  /** Of net_generic_ids. */
  const ids = k.journal.set<number>();
  const registered = k.journal.set<Address>();
  const first = (): Address => {
    if (state.net !== 0) return state.net;
    const net = k.symbols.address("init_net") ?? 0;
    k.journal.touch(state).net = net;
    k.image.placeData(net, k.sizeOf("net"));
    fill(k, net);
    return net;
  };
  const slot = (id: number): Address => k.struct("net", first()).gen + id * 8;
  const hasData = (ops: Address): boolean => {
    const { id, size } = k.struct("pernet_operations", ops);
    return id !== 0 && size !== 0;
  };
  const takeId = (ops: Address): void => {
    const { id: at } = k.struct("pernet_operations", ops);
    if (at === 0) return;
    let id = FIRST_ID;
    while (ids.has(id)) id += 1;
    if (id >= MAX_IDS) throw new Errno(ENOMEM);
    ids.add(id);
    k.memory.setU32(at, id);
  };
  /** ops_free_list() and the end of the identifier. */
  const free = (ops: Address): void => {
    const { id: at } = k.struct("pernet_operations", ops);
    if (at === 0) return;
    const id = k.memory.u32(at);
    if (!ids.delete(id)) return;
    if (hasData(ops)) k.heap.kfree(k.memory.pointer(slot(id)));
    k.memory.setPointer(slot(id), 0);
  };
  /** ops_init() */
  function* initialise(ops: Address): Routine<void> {
    const { id, size, init } = k.struct("pernet_operations", ops);
    if (hasData(ops)) {
      if (size < 0 || size > MAX_DATA) throw new Errno(ENOMEM);
      k.memory.setPointer(slot(k.memory.u32(id)), k.heap.internal(new Uint8Array(size)));
    }
    const answer = init === 0 ? 0 : asInt(yield* k.call(init, first()));
    if (answer !== 0) throw new Errno(-answer);
  }
  /** The list of namespaces that end: this one. */
  function* withList(act: (list: Address) => Routine<void>): Routine<void> {
    const [list, entry] = [k.heap.internal(new Uint8Array(32)), first() + k.offsetOf("net", "exit_list")];
    initList(k.memory, list);
    initList(k.memory, list + 16);
    addTail(k.memory, entry, list);
    yield* act(list);
    removeInit(k.memory, entry);
    k.heap.kfree(list);
  }
  /** free_exit_list() */
  function* leave(ops: Address): Routine<void> {
    const view = k.struct("pernet_operations", ops);
    if (view.pre_exit !== 0) yield* k.call(view.pre_exit, first());
    yield* gracePeriod(k);
    yield* withList(function* (list) {
      const { exit_batch_rtnl: kills } = view;
      if (kills !== 0)
        yield* k.net.devices.kill(function* (dying) {
          yield* k.call(kills, list, dying);
        });
      if (view.exit !== 0) yield* k.call(view.exit, first());
      if (view.exit_batch !== 0) yield* k.call(view.exit_batch, list);
    });
    free(ops);
  }
  function* locked(act: () => Routine<void>): Routine<void> {
    const lock = lockAt(k);
    for (;;) {
      const wait = k.rwsems.write(lock, k.current, TASK_UNINTERRUPTIBLE);
      if (typeof wait === "number") break;
      yield wait;
    }
    try {
      yield* act();
    } finally {
      k.rwsems.upWrite(lock);
    }
  }
  return {
    first,
    register: (ops) =>
      locked(function* () {
        takeId(ops);
        try {
          yield* initialise(ops);
        } catch (error) {
          free(ops);
          throw error;
        }
        registered.add(ops);
      }),
    unregister: (ops) =>
      locked(function* () {
        if (registered.delete(ops)) yield* leave(ops);
      }),
  };
};
