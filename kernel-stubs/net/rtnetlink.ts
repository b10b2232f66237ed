/** include/net/rtnetlink.h: kinds of links, as net/core/rtnetlink.c keeps them. */
import type { Address } from "../../src/base/address.ts";
import { EEXIST } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
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

/** Deletes the devices of that kind. */
const unregister = function* (k: Kernel, ops: Address): Routine<void> {
  const { dellink } = k.struct("rtnl_link_ops", ops);
  const own = k.net.devices.all().filter((device) => k.struct("net_device", device).rtnl_link_ops === ops);
  yield* k.net.devices.kill(function* (list) {
    for (const device of own) yield* k.call(dellink, device, list);
  });
  k.driverCore.registered.delete(keyOf(k, ops));
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
/** The second one with the RTNL held. */
export const rtnlLinkUnregisters = ["rtnl_link_unregister", "__rtnl_link_unregister"].map((name) =>
  stub(
    `void ${name}(struct rtnl_link_ops *ops)` as "void f(struct rtnl_link_ops *ops)",
    { sleeps: true, ...UNREGISTERS },
    function* (k, { ops }) {
      yield* unregister(k, ops);
    },
  ),
);
