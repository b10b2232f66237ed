/** include/net/rtnetlink.h: kinds of links, as net/core/rtnetlink.c keeps them. */
import type { Address } from "../../src/base/address.ts";
import { EEXIST, ENOENT } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { gracePeriod } from "../../src/kernel/time/rcu.ts";
import { stub } from "../../src/stub/declare.ts";
import { registrations } from "../registrations.ts";

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

/** Messages of RTNETLINK that a module serves, by family and type. */
const HANDLERS = { partial: "nobody sends a message" } as const;
const handler = (protocol: number, type: number): string => `rtnl_handler ${protocol} ${type}`;

export const rtnlRegisterModule = stub(
  `int rtnl_register_module(struct module *owner, int protocol, int msgtype, rtnl_doit_func doit,
      rtnl_dumpit_func dumpit, unsigned int flags)`,
  { fails: ["ENOBUFS"], sleeps: true, level: HANDLERS },
  (k, { protocol, msgtype }) => {
    k.driverCore.registered.add(handler(protocol, msgtype));
    return 0;
  },
);
export const rtnlUnregister = stub(
  "int rtnl_unregister(int protocol, int msgtype)",
  { fails: ["ENOENT"], sleeps: true, level: HANDLERS },
  (k, { protocol, msgtype }) => {
    if (!k.driverCore.registered.delete(handler(protocol, msgtype))) throw new Errno(ENOENT);
    return 0;
  },
);
export const rtnlUnregisterAll = stub(
  "void rtnl_unregister_all(int protocol)",
  { sleeps: true, level: HANDLERS },
  function* (k, { protocol }) {
    const { registered } = k.driverCore;
    for (const name of registered.values())
      if (name.startsWith(`rtnl_handler ${protocol} `)) registered.delete(name);
    yield* gracePeriod(k);
  },
);
/** struct rtnl_msg_handler: owner, protocol, type, two functions, flags. */
const [HANDLER_SIZE, PROTOCOL_AT, TYPE_AT, MOST_HANDLERS] = [40, 8, 12, 256];
const many = (k: Kernel, handlers: Address, count: number): string[] =>
  Array.from({ length: Math.min(Math.max(count, 0), MOST_HANDLERS) }, (_, index) => {
    const at = handlers + index * HANDLER_SIZE;
    return handler(k.memory.i32(at + PROTOCOL_AT), k.memory.i32(at + TYPE_AT));
  });
export const rtnlRegisterMany = stub(
  "int __rtnl_register_many(const struct rtnl_msg_handler *handlers, int n)",
  { fails: ["ENOBUFS"], sleeps: true, acquires: { rtnl_handlers: "handlers" }, level: HANDLERS },
  (k, { handlers, n }) => {
    for (const name of many(k, handlers, n)) k.driverCore.registered.add(name);
    return 0;
  },
);
export const rtnlUnregisterMany = stub(
  "void __rtnl_unregister_many(const struct rtnl_msg_handler *handlers, int n)",
  { sleeps: true, releases: { rtnl_handlers: "handlers" }, level: HANDLERS },
  (k, { handlers, n }) => {
    for (const name of many(k, handlers, n)) k.driverCore.registered.delete(name);
  },
);

export const rtnlAfRegistrations = registrations("nobody makes a link over netlink", [
  {
    kind: "rtnl_af",
    add: "void rtnl_af_register(struct rtnl_af_ops *ops)",
    remove: "void rtnl_af_unregister(struct rtnl_af_ops *ops)",
    by: { add: "ops", remove: "ops" },
    fails: [],
  },
]);
