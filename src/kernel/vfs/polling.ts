/** poll(2): struct poll_wqueues in guest memory, which drivers hang on their wait queues (fs/select.c). */
import type { Address } from "../../base/address.ts";
import { addFirst, removeInit } from "../data/guest-list.ts";
import type { Kernel } from "../kernel.ts";
import { type Routine, block } from "../routine.ts";
import { POLLERR, POLLHUP } from "../user.ts";
import { putLater } from "./calls/task-work.ts";
import type { OpenFile } from "./operations.ts";

/** Our own block of one registration: the next one, then struct poll_table_entry. */
const ENTRY = 8;

const view = (k: Kernel, wqueues: Address) => k.struct("poll_wqueues", wqueues);

/** __pollwait(): puts an entry on a wait queue. */
export const pollWait = (k: Kernel, file: Address, queue: Address, table: Address): void => {
  const self = view(k, table);
  const at = k.heap.internal(new Uint8Array(ENTRY + k.sizeOf("poll_table_entry")));
  k.memory.setPointer(at, self.table);
  self.table = at as typeof self.table;
  const opened = k.vfs.objects.find(file);
  if (opened !== undefined) k.vfs.get(opened);
  const entry = k.struct("poll_table_entry", at + ENTRY);
  entry.filp = file as typeof entry.filp;
  entry.key = self.pt._key;
  entry.wait_address = queue as typeof entry.wait_address;
  entry.wait.func = (k.symbols.address("pollwake") ?? 0) as typeof entry.wait.func;
  entry.wait.private = table as typeof entry.wait.private;
  const link = entry.wait.$address + k.offsetOf("wait_queue_entry", "entry");
  addFirst(k.memory, link, queue + k.offsetOf("wait_queue_head", "head"));
};

/** pollwake(): wakes the poller, unless it asked for other events. */
export const pollWake = (k: Kernel, wait: Address, key: number): number => {
  const entry = k.struct("poll_table_entry", wait - k.offsetOf("poll_table_entry", "wait"));
  if (key !== 0 && (key & entry.key) === 0) return 0;
  const self = view(k, entry.wait.private);
  self.triggered = 1;
  const task = k.tasks.byStruct(self.polling_task);
  return task !== undefined && k.tasks.wake(task) ? 1 : 0;
};

/** poll_freewait() */
const free = (k: Kernel, wqueues: Address): void => {
  let at: Address = view(k, wqueues).table;
  while (at !== 0) {
    const next = k.memory.pointer(at);
    const entry = k.struct("poll_table_entry", at + ENTRY);
    const opened = k.vfs.objects.find(entry.filp);
    removeInit(k.memory, entry.wait.$address + k.offsetOf("wait_queue_entry", "entry"));
    if (opened !== undefined) putLater(k, opened);
    k.heap.kfree(at);
    at = next;
  }
  k.heap.kfree(wqueues);
};

export interface Polled {
  readonly file: OpenFile;
  readonly events: number;
}

/** Once over all files; from the first that is ready on nobody registers any more. */
function* look(k: Kernel, files: readonly Polled[], wqueues: Address): Routine<number[]> {
  const table = view(k, wqueues).pt;
  const ready: number[] = [];
  for (const { file, events } of files) {
    const filter = events | POLLERR | POLLHUP;
    table._key = filter;
    const mask = (yield* k.vfs.poll(file, wqueues)) & filter;
    if (mask !== 0) table._qproc = 0 as typeof table._qproc;
    ready.push(mask);
  }
  table._qproc = 0 as typeof table._qproc;
  return ready;
}

/** The events that came true; all zero when time is up. `interrupted` throws where a signal ends the wait. */
export function* pollFiles(
  k: Kernel,
  files: readonly Polled[],
  until: number | undefined,
  interrupted: () => void,
): Routine<number[]> {
  const wqueues = k.heap.internal(new Uint8Array(k.sizeOf("poll_wqueues")));
  const self = view(k, wqueues);
  self.pt._qproc = (k.symbols.address("__pollwait") ?? 0) as typeof self.pt._qproc;
  self.polling_task = k.current.taskStruct as typeof self.polling_task;
  try {
    for (;;) {
      const ready = yield* look(k, files, wqueues);
      const late = until !== undefined && k.clock.now() >= until;
      if (late || ready.some((events) => events !== 0)) return ready;
      if (self.triggered === 0) yield block("poll", { deadline: until, interruptible: true });
      self.triggered = 0;
      interrupted();
    }
  } finally {
    free(k, wqueues);
  }
}
