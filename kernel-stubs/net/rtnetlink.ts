/** include/net/rtnetlink.h: kinds of links, as net/core/rtnetlink.c keeps them. */
import type { Address } from "../../src/base/address.ts";
import { EEXIST } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { withRtnl } from "../../src/kernel/net/rtnl.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";

const LEVEL = { partial: "nobody makes a link of that kind over netlink" } as const;
const REGISTERS = { fails: ["EEXIST"], acquires: { rtnl_link: "ops" }, level: LEVEL } as const;
const UNREGISTERS = { releases: { rtnl_link: "ops" }, level: LEVEL } as const;

const keyOf = (k: Kernel, ops: Address): string =>
  `rtnl_link ${k.memory.cstring(k.struct("rtnl_link_ops", ops).kind, 32)}`;

const register = (k: Kernel, ops: Address): number => {
  const { registered } = k.driverCore;
  if (registered.has(keyOf(k, ops))) throw new Errno(EEXIST);
  const view = k.struct("rtnl_link_ops", ops);
  // Only those that can be made can be deleted.
  if (view.dellink === 0 && (view.setup !== 0 || view.alloc !== 0))
    view.dellink = k.symbols.address("unregister_netdevice_queue") ?? 0;
  registered.add(keyOf(k, ops));
  return 0;
};

/** Deletes the devices of that kind; those that are to destroy themselves are still to be told. */
const unregister = function* (k: Kernel, ops: Address, own: readonly Address[]): Routine<void> {
  const { dellink } = k.struct("rtnl_link_ops", ops);
  for (const device of own) {
    const list = k.scratch(16);
    k.memory.setPointer(list, list);
    k.memory.setPointer(list + 8, list);
    yield* k.call(dellink, device, list);
  }
  k.driverCore.registered.delete(keyOf(k, ops));
};
const devicesOf = (k: Kernel, ops: Address): Address[] =>
  k.net.devices.all().filter((device) => k.struct("net_device", device).rtnl_link_ops === ops);
const runTodo = function* (k: Kernel, own: readonly Address[]): Routine<void> {
  for (const device of own) yield* k.net.devices.runTodo(device);
};

export const rtnlLinkRegister = stub(
  "int rtnl_link_register(struct rtnl_link_ops *ops)",
  { sleeps: true, ...REGISTERS },
  (k, { ops }) => register(k, ops),
);
/** With the RTNL held. */
export const rtnlLinkRegisterLocked = stub(
  "int __rtnl_link_register(struct rtnl_link_ops *ops)",
  REGISTERS,
  (k, { ops }) => register(k, ops),
);
export const rtnlLinkUnregister = stub(
  "void rtnl_link_unregister(struct rtnl_link_ops *ops)",
  { sleeps: true, ...UNREGISTERS },
  function* (k, { ops }) {
    const own = devicesOf(k, ops);
    yield* withRtnl(k, unregister(k, ops, own));
    yield* runTodo(k, own);
  },
);
export const rtnlLinkUnregisterLocked = stub(
  "void __rtnl_link_unregister(struct rtnl_link_ops *ops)",
  {
    ...UNREGISTERS,
    level: { partial: "devices destroy themselves at once, not when the RTNL is given back" },
  },
  function* (k, { ops }) {
    const own = devicesOf(k, ops);
    yield* unregister(k, ops, own);
    yield* runTodo(k, own);
  },
);
