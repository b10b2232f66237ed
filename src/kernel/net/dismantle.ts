/** The end of network devices (net/core/dev.c): taken down, unregistered, and destroyed when the RTNL is given back. */
import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { EIO } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { addTail, entries, initList, removeInit } from "../data/guest-list.ts";
import { deviceKobject } from "../devices/device-members.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import type { NetClass } from "./net-class.ts";
import { notifyDevice } from "./notify.ts";
import { withRtnl } from "./rtnl.ts";

const IFF_UP = 1;
const LINK_STATE_START = 1n;
// enum netreg_state
const [UNINITIALIZED, REGISTERED, UNREGISTERING, UNREGISTERED, RELEASED] = [0, 1, 2, 3, 4];

export type Operation = "ndo_init" | "ndo_open" | "ndo_stop" | "ndo_uninit" | "ndo_validate_addr";
/** These cannot refuse, and ndo_uninit does not answer at all. */
const ENDS: readonly Operation[] = ["ndo_stop", "ndo_uninit"];

/** Calls one of a device's functions, if it has it; the Errno of it. */
export function* callOperation(k: Kernel, device: Address, operation: Operation): Routine<void> {
  const ops = k.struct("net_device", device).netdev_ops;
  const fn = ops === 0 ? 0 : k.struct("net_device_ops", ops)[operation];
  if (fn === 0) return;
  const result = asInt(yield* k.call(fn, device));
  if (ENDS.includes(operation)) return;
  if (result < 0) throw new Errno(-result);
  if (result > 0 && operation === "ndo_init") throw new Errno(EIO);
}

/** dev_close() with the RTNL held. */
export function* closeDevice(k: Kernel, device: Address): Routine<void> {
  const view = k.struct("net_device", device);
  if ((view.flags & IFF_UP) === 0) return;
  yield* notifyDevice(k, "GOING_DOWN", device);
  view.state &= ~LINK_STATE_START;
  yield* callOperation(k, device, "ndo_stop");
  view.flags &= ~IFF_UP;
  yield* notifyDevice(k, "DOWN", device);
}

export interface Dismantling {
  /** unregister_netdevice(): what is left to do is done when the RTNL is given back. */
  unregister(device: Address): Routine<void>;
  /** unregister_netdevice_queue() with a list, and unregister_netdevice_many() for it. */
  queue(device: Address, list: Address): void;
  unregisterMany(list: Address): Routine<void>;
  /** Has a guest function put devices on the list that is its last argument, and unregisters those. */
  kill(fill: (list: Address) => Routine<void>): Routine<void>;
  /** netdev_run_todo(), the RTNL having been given back: devices that are unregistered may destroy themselves. */
  runTodo(): Routine<void>;
  hasTodo(): boolean;
  /** free_netdev(): at once, or with the last reference. */
  free(device: Address): Routine<void>;
}

export const createDismantling = (
  k: Kernel,
  devices: JournalMap<Address, ByteString>,
  netClass: NetClass,
): Dismantling => {
  /** net_todo_list */
  const todo = k.journal.set<Address>();
  const view = (device: Address) => k.struct("net_device", device);
  const member = (device: Address, name: string): Address => device + k.offsetOf("net_device", name);

  const free = function* (device: Address): Routine<void> {
    const { reg_state: state } = view(device);
    if (state === UNINITIALIZED) {
      netClass.discard(device);
      return;
    }
    if (state === UNREGISTERING) {
      // A registration that failed is still being taken back.
      view(device).needs_free_netdev = true;
      return;
    }
    view(device).reg_state = RELEASED;
    yield* k.driverCore.kobjects.put(deviceKobject(k, member(device, "dev")));
  };
  const unregister = function* (device: Address): Routine<void> {
    // unregister_netdevice_many() warns of one that never was registered, and leaves it. A wild pointer faults.
    if (view(device).reg_state !== REGISTERED || !devices.has(device)) return;
    view(device).dismantle = true;
    yield* closeDevice(k, device);
    removeInit(k.memory, member(device, "dev_list"));
    devices.delete(device);
    view(device).reg_state = UNREGISTERING;
    yield* notifyDevice(k, "UNREGISTER", device);
    yield* callOperation(k, device, "ndo_uninit");
    yield* netClass.remove(device);
    todo.add(device);
  };
  const unregisterMany = function* (list: Address): Routine<void> {
    const at = k.offsetOf("net_device", "unreg_list");
    for (const entry of entries(k.memory, list)) yield* unregister(entry - at);
    initList(k.memory, list);
  };

  return {
    unregister: (device) => withRtnl(k, unregister(device)),
    queue(device, list) {
      const entry = member(device, "unreg_list");
      removeInit(k.memory, entry);
      addTail(k.memory, entry, list);
    },
    unregisterMany: (list) => withRtnl(k, unregisterMany(list)),
    *kill(fill) {
      const list = k.heap.internal(new Uint8Array(16));
      initList(k.memory, list);
      yield* withRtnl(
        k,
        (function* () {
          yield* fill(list);
          yield* unregisterMany(list);
        })(),
      );
      k.heap.kfree(list);
    },
    *runTodo() {
      const own = [...todo.values()];
      for (const device of own) {
        todo.delete(device);
        view(device).reg_state = UNREGISTERED;
      }
      for (const device of own) {
        const { priv_destructor: destructor, needs_free_netdev: destroys } = view(device);
        if (destructor !== 0) yield* k.call(destructor, device);
        if (destroys) yield* free(device);
      }
    },
    hasTodo: () => todo.size > 0,
    free,
  };
};
