/** include/linux/sched/signal.h, as kernel/signal.c does it. */
import type { Address } from "../../../src/base/address.ts";
import { EINVAL, ESRCH } from "../../../src/base/errno.ts";
import type { Kernel } from "../../../src/kernel/kernel.ts";
import { sendSignal } from "../../../src/kernel/vfs/calls/signals.ts";
import { stub } from "../../../src/stub/declare.ts";
import { KEPT_SIGNALS } from "../signal.ts";

const MAX_SIGNAL = 64;
const send = (k: Kernel, taskStruct: Address, signal: number): number => {
  if (signal < 0 || signal > MAX_SIGNAL) return -EINVAL;
  const task = k.tasks.byStruct(taskStruct);
  if (task === undefined || task.state === "dead") return -ESRCH;
  if (signal > 0 && signal <= KEPT_SIGNALS) sendSignal(k, task.pid, signal);
  return 0;
};

export const sendSig = stub(
  "int send_sig(int sig, struct task_struct *p, int priv)",
  { fails: ["ESRCH", "EINVAL"] },
  (k, { sig, p }) => send(k, p, sig),
);
export const sendSigInfo = stub(
  "int send_sig_info(int sig, struct kernel_siginfo *info, struct task_struct *p)",
  { fails: ["ESRCH", "EINVAL"] },
  (k, { sig, p }) => send(k, p, sig),
);
export const killPid = stub(
  "int kill_pid(struct pid *pid, int sig, int priv)",
  { fails: ["ESRCH", "EINVAL"] },
  (k, { pid, sig }) => send(k, k.pids.task(pid), sig),
);

export const flushSignals = stub("void flush_signals(struct task_struct *t)", (k, { t }) => {
  const task = k.tasks.byStruct(t);
  if (task !== undefined) k.tasks.setPending(task, 0);
});
export const dequeueSignal = stub(
  `int dequeue_signal(struct task_struct *tsk, sigset_t *mask, kernel_siginfo_t *info,
      enum pid_type *type)`,
  (k, { tsk, mask, info }) => {
    const task = k.tasks.byStruct(tsk);
    const ready = (task?.pending ?? 0) & ~k.memory.u32(mask);
    if (task === undefined || ready === 0) return 0;
    const bit = ready & -ready;
    const signal = 32 - Math.clz32(bit);
    k.tasks.setPending(task, task.pending & ~bit);
    k.memory.setU32(info, signal);
    return signal;
  },
);
