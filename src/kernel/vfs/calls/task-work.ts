/** What a process does on its way back to user space: the last fput() of a file (kernel/task_work.c, fs/file_table.c). */
import type { Kernel } from "../../kernel.ts";
import type { Routine } from "../../routine.ts";
import type { OpenFile } from "../operations.ts";
import type { Process } from "../process.ts";

/** Guest code drops a reference: the release comes when the system call is over, or from a thread of its own. */
export const putLater = (k: Kernel, file: OpenFile): void => {
  const process = k.processes.find(k.current.pid);
  if (process !== undefined && !process.exiting) {
    k.journal.touch(process.work).push(file);
    return;
  }
  k.tasks.spawn({ comm: "kworker/0:1", kind: "kthread" }, k.vfs.put(file));
};

/** task_work_run() */
export function* runTaskWork(k: Kernel, { work }: Process): Routine<void> {
  while (work.length > 0) {
    const file = k.journal.touch(work).shift();
    if (file !== undefined) yield* k.vfs.put(file);
  }
}
