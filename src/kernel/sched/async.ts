/** Calls that are made later, by a worker, and that can be waited for by their order (kernel/async.c). */
import type { Address } from "../../base/address.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { type Block, block } from "../routine.ts";
import type { Task } from "../task.ts";
import { initWork } from "./init-work.ts";

/** One call, from when it is asked for until it has returned. */
interface Entry {
  readonly fn: Address;
  readonly data: Address;
  /** Grows with every call. */
  readonly cookie: number;
  /** Its struct async_domain; 0 for the one that all share. */
  readonly domain: Address;
}

export interface AsyncCalls {
  /** A worker will call `fn(data, cookie)`; the cookie. */
  schedule(fn: Address, data: Address, domain: Address): number;
  /** Waits for the calls of a domain, or of all, that were asked for before `cookie`. */
  wait(cookie: number, domain: Address | "all"): Block | undefined;
  /** The task is making such a call. */
  isIn(task: Task): boolean;
}

/** What those who wait are known by: no address. */
const WAITERS: Address = 1;

export const createAsyncCalls = (k: Kernel): AsyncCalls => {
  /** By the work item, in the order of their cookies. */
  const entries: JournalMap<Address, Entry> = k.journal.map();
  const state = { next: 1 };

  const run = function* (work: Address = 0) {
    const entry = entries.get(work);
    if (entry === undefined) return 0;
    yield* k.call(entry.fn, entry.data, entry.cookie);
    entries.delete(work);
    k.heap.kfree(work);
    k.waits.wakeAll(WAITERS);
    return 0;
  };
  const newWork = (): Address => {
    const work = k.heap.internal(new Uint8Array(k.sizeOf("work_struct")));
    initWork(k, work, k.hostCode.address("async_run_entry_fn", run));
    return work;
  };
  return {
    schedule(fn, data, domain) {
      const cookie = k.journal.touch(state).next;
      state.next = cookie + 1;
      const work = newWork();
      entries.set(work, { fn, data, cookie, domain });
      k.workqueues.queue(k.workqueues.events(), work);
      return cookie;
    },
    wait(cookie, domain) {
      for (const entry of entries.values()) {
        if (entry.cookie >= cookie || (domain !== "all" && entry.domain !== domain)) continue;
        k.waits.join(WAITERS, k.current);
        return block("asynchronous calls");
      }
      k.waits.leave(WAITERS, k.current);
      return undefined;
    },
    isIn: (task) => entries.has(k.workqueues.currentWork(task)),
  };
};
