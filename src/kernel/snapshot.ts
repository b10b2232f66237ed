import type { Kernel } from "./kernel.ts";

/** A moment to come back to, as often as wanted. One at a time: a new one replaces the old. */
export interface Snapshot {
  /** Puts guest memory, kernel objects, time and counters back; costs what was changed. */
  restore(): void;
}

/**
 * Takes a snapshot. Only at a quiet point: no host code may be open on any task, which is so after a
 * load, after init, between two system calls, and while threads sleep.
 */
export const takeSnapshot = (k: Kernel): Snapshot => {
  const { engine } = k.machine;
  // Going back would take from what is made later what it was made with.
  k.complete();
  k.machine.snapshot();
  k.journal.settle();
  const mark = k.journal.mark();
  const counters = engine.counters.slice();
  const stubs = k.work.stubs;
  return {
    restore() {
      k.machine.restore();
      k.journal.rollback(mark);
      for (let index = 0; index < counters.length; index += 1) engine.counters[index] = counters[index] ?? 0;
      k.work.stubs = stubs;
    },
  };
};
