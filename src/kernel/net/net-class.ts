/** /sys/class/net, init_net's list of devices, and the end of a device (net/core/net-sysfs.c). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { addTail, entries, initList } from "../data/guest-list.ts";
import { staticText } from "../data/text.ts";
import { registerClass } from "../devices/classes.ts";
import { deviceKobject } from "../devices/device-members.ts";
import { addDevice, deleteDevice, initialiseDevice } from "../devices/device.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { addDeviceFiles } from "./files.ts";

export interface NetClass {
  /** Gives a device its place in sysfs; `loopback` gets its own with the first one. */
  add(device: Address, name: ByteString, loopback: Address): Routine<void>;
  /** The struct class, with `loopback` in it. */
  family(loopback: Address): Routine<Address>;
  remove(device: Address): Routine<void>;
  /** Frees what alloc_netdev_mqs() allocated. */
  discard(device: Address): void;
  /** dev_base_head of init_net, where lo is the first. */
  deviceList(loopback: Address): Address;
}

const MAX_NAPI = 1024;

export const createNetClass = (k: Kernel): NetClass => {
  const state = { family: 0 };
  const deviceOf = (device: Address): Address => device + k.offsetOf("net_device", "dev");

  /** netif_napi_del() of those that are left, and all the memory. */
  const discard = (device: Address): void => {
    const head = device + k.offsetOf("net_device", "napi_list");
    let left = MAX_NAPI;
    for (const at of [...entries(k.memory, head)].slice(0, MAX_NAPI)) {
      if (left > 0) k.net.napi.remove(at - k.offsetOf("napi_struct", "dev_list"));
      left -= 1;
    }
    const { _tx: transmit, dev_addr: address, pcpu_refcnt: counter } = k.struct("net_device", device);
    k.percpu.free(counter);
    for (const part of [transmit, address, device]) k.heap.kfree(part);
  };
  function* family(): Routine<Address> {
    if (state.family !== 0) return state.family;
    const made = k.statics.allocate(k.sizeOf("class"));
    k.struct("class", made).name = staticText(k, "net");
    k.struct("class", made).dev_release = k.hostCode.address("netdev_release", (at) => {
      discard(at - k.offsetOf("net_device", "dev"));
      return 0;
    });
    yield* registerClass(k, made);
    k.journal.touch(state).family = made;
    return made;
  }
  function* place(device: Address, name: ByteString): Routine<void> {
    const own = deviceOf(device);
    initialiseDevice(k, own);
    k.struct("device", own).class = yield* family();
    k.driverCore.kobjects.tryName(deviceKobject(k, own), name);
    yield* addDevice(k, own);
    addDeviceFiles(k, device);
  }
  return {
    *add(device, name, loopback) {
      if (state.family === 0) yield* place(loopback, "lo");
      yield* place(device, name);
    },
    *family(loopback) {
      if (state.family === 0) yield* place(loopback, "lo");
      return state.family;
    },
    *remove(device) {
      yield* deleteDevice(k, deviceOf(device));
    },
    discard,
    deviceList(loopback) {
      const net = k.symbols.address("init_net") ?? 0;
      k.image.placeData(net, k.sizeOf("net"));
      const head = net + k.offsetOf("net", "dev_base_head");
      if (k.memory.pointer(head) === 0) {
        initList(k.memory, head);
        addTail(k.memory, loopback + k.offsetOf("net_device", "dev_list"), head);
      }
      return head;
    },
  };
};
