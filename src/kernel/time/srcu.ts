import { variableName } from "../locks/classes.ts";
import type { Address } from "../../base/address.ts";
import { TICK_NS } from "../clock.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { type Block, type Routine, block } from "../routine.ts";
import { createWaitLists } from "../sched/waits.ts";

/** Sleepable RCU (kernel/rcu/srcutree.c): each domain has its own readers and grace periods. */
export interface Srcu {
  initialise(domain: Address): void;
  /** The index to give back. */
  lock(domain: Address): number;
  unlock(domain: Address, index: number): void;
  synchronize(domain: Address): Block | undefined;
  /** Also waits for the callbacks called for so far. */
  barrier(domain: Address): Block | undefined;
  call(domain: Address, head: Address): void;
  /** A cookie for the next whole grace period, and whether it is over. */
  start(domain: Address): bigint;
  over(domain: Address, cookie: bigint): boolean;
  /** False while there are readers: the domain is not given up then. */
  cleanup(domain: Address): boolean;
}

interface Domain {
  index: 0 | 1;
  /** Readers by the index they were given. */
  readonly readers: [number, number];
  /** Grace periods that are over, and the last one that somebody waits for. */
  done: number;
  wanted: number;
  running: boolean;
  /** The shortest time a grace period takes has passed. */
  due: boolean;
  readonly callbacks: { readonly head: Address; readonly period: number }[];
  calling: number;
}

const GRACE_NS = 2 * TICK_NS;
/** include/linux/preempt.h: callbacks run with softirqs off. */
const SOFTIRQ_DISABLE_OFFSET = 0x200;

export const createSrcu = (k: Kernel): Srcu => {
  const domains: JournalMap<Address, Domain> = k.journal.map();
  const waits = createWaitLists(k);

  const fresh = (domain: Address): Domain => {
    const made: Domain = {
      index: 0,
      readers: [0, 0],
      done: 0,
      wanted: 0,
      running: false,
      due: false,
      callbacks: [],
      calling: 0,
    };
    domains.set(domain, made);
    return made;
  };
  /** DEFINE_SRCU makes one without a call. */
  const of = (domain: Address): Domain => k.journal.touch(domains.get(domain) ?? fresh(domain));

  const begin = (domain: Address, state: Domain): void => {
    if (state.running || state.wanted <= state.done) return;
    state.running = true;
    state.due = false;
    state.index = state.index === 0 ? 1 : 0;
    k.timeline.schedule(k.clock.now() + GRACE_NS, "srcu", domain);
  };
  const end = (domain: Address, state: Domain): void => {
    if (!state.running || !state.due || state.readers[state.index === 0 ? 1 : 0] > 0) return;
    state.running = false;
    state.done += 1;
    const ready = state.callbacks.filter(({ period }) => period <= state.done);
    if (ready.length > 0) callBack(domain, state, ready);
    waits.wakeAll(domain);
    begin(domain, state);
  };
  k.interrupts.handle("srcu", {
    context: "none",
    act(domain) {
      const state = domains.get(domain);
      if (state === undefined) return;
      k.journal.touch(state).due = true;
      end(domain, state);
    },
  });

  /** srcu_invoke_callbacks(): a work item that calls with softirqs off. */
  const callBack = (domain: Address, state: Domain, ready: Domain["callbacks"]): void => {
    k.journal.touch(state.callbacks).splice(0, ready.length);
    state.calling += 1;
    const off = (by: number): void => k.cpu.addPreemptCount(by);
    function* body(): Routine<number> {
      for (const { head } of ready) {
        off(SOFTIRQ_DISABLE_OFFSET);
        yield* k.call(k.struct("callback_head", head).func, head);
        off(-SOFTIRQ_DISABLE_OFFSET);
      }
      of(domain).calling -= 1;
      waits.wakeAll(domain);
      return 0;
    }
    k.tasks.spawn({ comm: "kworker/0:0", kind: "kthread" }, body());
  };

  /** The first grace period that begins from now on. */
  const next = (domain: Address): number => {
    const state = of(domain);
    const period = state.done + (state.running ? 2 : 1);
    state.wanted = Math.max(state.wanted, period);
    begin(domain, state);
    return period;
  };
  const wait = (domain: Address, over: (state: Domain, period: number) => boolean): Block | undefined => {
    const task = k.current;
    const period = (task.restart as number | undefined) ?? next(domain);
    if (over(of(domain), period)) return undefined;
    k.journal.touch(task).restart = period;
    waits.join(domain, task);
    return block(`an SRCU grace period of ${variableName(k, domain)}`);
  };

  return {
    initialise: (domain) => void fresh(domain),
    lock(domain) {
      const state = of(domain);
      k.journal.touch(state.readers)[state.index] += 1;
      return state.index;
    },
    unlock(domain, index) {
      const state = of(domain);
      k.journal.touch(state.readers)[index === 0 ? 0 : 1] -= 1;
      end(domain, state);
    },
    synchronize: (domain) => wait(domain, ({ done }, period) => done >= period),
    barrier: (domain) =>
      wait(
        domain,
        ({ done, calling, callbacks }, period) =>
          done >= period && calling === 0 && callbacks.every((each) => each.period > period),
      ),
    call(domain, head) {
      const period = next(domain);
      k.journal.touch(of(domain).callbacks).push({ head, period });
    },
    start: (domain) => BigInt(next(domain)),
    over: (domain, cookie) => BigInt(of(domain).done) >= cookie,
    cleanup(domain) {
      const { readers, callbacks } = of(domain);
      if (readers[0] > 0 || readers[1] > 0 || callbacks.length > 0) return false;
      domains.delete(domain);
      return true;
    },
  };
};
