import type { Address } from "../../base/address.ts";
import type { Kernel } from "../kernel.ts";
import { createAcpi } from "../acpi/namespace.ts";
import { createCrypto } from "../crypto/registry.ts";
import { createFileSystems } from "../filesystems/state.ts";
import { createGpio } from "../gpio/chips.ts";
import { createHostCode } from "../host-code.ts";
import { createInput } from "../input/devices.ts";
import { createIrqs } from "../irq/irqs.ts";
import { createKeys } from "../keys/keys.ts";
import { createLeds } from "../leds/leds.ts";
import { makeLater } from "../later.ts";
import { lockMakers } from "../locks/locks.ts";
import { createMsrs } from "../msrs.ts";
import { createNet } from "../net/net.ts";
import { createProbes } from "../probes/probes.ts";
import { createKthreadWorkers } from "../sched/kthread-workers.ts";
import { createAsyncCalls } from "../sched/async.ts";
import { createKthreads } from "../sched/kthreads.ts";
import { createVarQueues } from "../sched/var-queues.ts";
import { createWorkqueues } from "../sched/workqueues.ts";
import { createHrtimers } from "../time/hrtimers.ts";
import { createRcu } from "../time/rcu.ts";
import { createSrcu } from "../time/srcu.ts";
import { createTimers } from "../time/timers.ts";
import { createTty } from "../tty/drivers.ts";
import { createTracing } from "../tracing/tracing.ts";
import { createMappings } from "../vfs/mappings.ts";
import { createUserFaults } from "../vfs/user-faults.ts";

/**
 * Gives `parts`, which will be the kernel `k`, what is made when it is first used; answers with what
 * else the kernel has to do with that. `bindAt` as in Linkage.
 */
export const makeParts = (
  parts: object,
  k: Kernel,
  bindAt: (address: Address) => boolean,
): Pick<Kernel, "isMade" | "complete"> => {
  const later = makeLater<Kernel>(parts, {
    ...lockMakers(k),
    irqs: () => createIrqs(k),
    gpio: () => createGpio(k),
    fileSystems: () => createFileSystems(k),
    input: () => createInput(k),
    tty: () => createTty(k),
    timers: () => createTimers(k),
    rcu: () => createRcu(k),
    srcu: () => createSrcu(k),
    hrtimers: () => createHrtimers(k),
    workqueues: () => createWorkqueues(k),
    kthreads: () => createKthreads(k),
    kthreadWorkers: () => createKthreadWorkers(k),
    varQueues: () => createVarQueues(k),
    mappings: () => createMappings(k),
    userFaults: () => createUserFaults(k),
    tracing: () => createTracing(k),
    hostCode: () => createHostCode(k),
    keys: () => createKeys(k),
    leds: () => createLeds(k),
    net: () => createNet(k),
    crypto: () => createCrypto(k),
    asyncCalls: () => createAsyncCalls(k),
    acpi: () => createAcpi(k),
    msrs: () => createMsrs(k),
    probes: () => createProbes(k, bindAt),
  });
  return {
    isMade: later.isMade,
    complete() {
      later.complete();
      k.driverCore.complete();
    },
  };
};
