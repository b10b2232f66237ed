import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { type NetDevices, createNetDevices } from "./devices.ts";
import { HOOK, NFPROTO_IPV4, type Netfilter, type PacketEnd, createNetfilter } from "./netfilter.ts";

/** The network: hooks, devices, and packets from outside. */
export interface Net {
  readonly netfilter: Netfilter;
  readonly devices: NetDevices;
  /** An IPv4 packet that a process sends to this machine itself: out through lo, and in again. */
  loop(bytes: Uint8Array): Routine<PacketEnd>;
  /** An IPv4 packet that comes in for this machine by the device of that name (lo when left out). */
  arrive(bytes: Uint8Array, device?: string): Routine<PacketEnd>;
}

export const createNet = (k: Kernel): Net => {
  const netfilter = createNetfilter(k);
  const devices = createNetDevices(k);
  const point = (hook: number, inDevice: number, outDevice: number) => ({
    pf: NFPROTO_IPV4,
    hook,
    inDevice,
    outDevice,
  });
  return {
    netfilter,
    devices,
    loop(bytes) {
      const lo = devices.loopback();
      return netfilter.inject(bytes, [
        point(HOOK.LOCAL_OUT, 0, lo),
        point(HOOK.POST_ROUTING, 0, lo),
        point(HOOK.PRE_ROUTING, lo, 0),
        point(HOOK.LOCAL_IN, lo, 0),
      ]);
    },
    arrive(bytes, name = "lo") {
      const device = devices.find(name) ?? devices.loopback();
      return netfilter.inject(bytes, [point(HOOK.PRE_ROUTING, device, 0), point(HOOK.LOCAL_IN, device, 0)]);
    },
  };
};
