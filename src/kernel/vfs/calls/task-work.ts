/** What a process does on its way back to user space: the last fput() of a file, the end of a mount (kernel/task_work.c). */
import type { Address } from "../../../base/address.ts";
import { endMount } from "../../filesystems/mount.ts";
import type { Kernel } from "../../kernel.ts";
import type { Routine } from "../../routine.ts";
import type { OpenFile } from "../operations.ts";
import type { Process } from "../process.ts";

/** A file to drop, or a mount that nobody refers to any more. */
export type TaskWork = { readonly file: OpenFile } | { readonly mount: Address };

const act = (k: Kernel, work: TaskWork): Routine<void> =>
  "file" in work ? k.vfs.put(work.file) : endMount(k, work.mount);

/** Done when the system call is over, or by a thread of its own. */
export const doLater = (k: Kernel, work: TaskWork): void => {
  const process = k.processes.find(k.current.pid);
  if (process !== undefined && !process.exiting) {
    k.journal.touch(process.work).push(work);
    return;
  }
  k.tasks.spawn({ comm: "kworker/0:1", kind: "kthread" }, act(k, work));
};

/** Guest code drops a reference to a file. */
export const putLater = (k: Kernel, file: OpenFile): void => doLater(k, { file });

/** task_work_run() */
export function* runTaskWork(k: Kernel, { work }: Process): Routine<void> {
  while (work.length > 0) {
    const next = k.journal.touch(work).shift();
    if (next !== undefined) yield* act(k, next);
  }
}
