/** include/linux/signal.h, as kernel/signal.c does it. */
import { stub } from "../../src/stub/declare.ts";

const SIG_IGN: number = 1;
/** Signals beyond are real-time ones, which are not kept. */
export const KEPT_SIGNALS = 31;

/** allow_signal() and disallow_signal(): what reaches the thread from now on. */
export const kernelSigaction = stub(
  "void kernel_sigaction(int sig, __sighandler_t action)",
  (k, { sig, action }) => {
    const task = k.current;
    const bit = sig > 0 && sig <= KEPT_SIGNALS ? 1 << (sig - 1) : 0;
    k.journal.touch(task);
    if (action === SIG_IGN) {
      task.accepts &= ~bit;
      k.tasks.setPending(task, task.pending & ~bit);
    } else task.accepts |= bit;
  },
);
