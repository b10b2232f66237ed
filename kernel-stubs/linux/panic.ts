/** include/linux/panic.h, as kernel/panic.c does it. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { callNotifiers } from "../../src/kernel/notifier.ts";
import { formatGuest } from "../../src/kernel/printf/guest-format.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { stub, variable } from "../../src/stub/declare.ts";

/** panic()'s static buffer, which its notifiers are given. */
const BUFFER = 1024;
/** struct atomic_notifier_head: a spinlock, then the first block. */
export const NOTIFIER_HEAD = 8;
const PANIC_EVENT = 0;

function* runNotifiers(k: Kernel, message: string): Routine<void> {
  const list: Address | undefined = k.symbols.address("panic_notifier_list");
  if (list === undefined || !k.memory.accessible(list + NOTIFIER_HEAD, 8, "read")) return;
  const buffer = k.statics.allocate(BUFFER);
  k.memory.setCstring(buffer, message);
  yield* callNotifiers(k.memory, list + NOTIFIER_HEAD, PANIC_EVENT, buffer);
}

export const panic = stub("void panic(const char *fmt, ...)", function* (k, { fmt }, call): Routine<void> {
  const message = formatGuest(k, fmt, call, BUFFER - 1).text.replace(/\n$/, "");
  k.traces.announcePanic(message);
  yield* runNotifiers(k, message);
  return k.traces.finishPanic(message);
});

/** One CPU: nobody else has panicked before. */
export const nmiPanic = stub(
  "void nmi_panic(struct pt_regs *regs, const char *msg)",
  function* (k, { msg }): Routine<void> {
    const message = k.memory.cstring(msg, BUFFER - 1);
    k.traces.announcePanic(message, { via: ["nmi_panic.cold+0xc/0xc"] });
    yield* runNotifiers(k, message);
    return k.traces.finishPanic(message);
  },
);

const LOCKDEP_NOW_UNRELIABLE = 1;

export const addTaint = stub(
  "void add_taint(unsigned int flag, enum lockdep_ok lockdep_ok)",
  (k, { flag, lockdep_ok }) =>
    k.taints.add(flag, lockdep_ok === LOCKDEP_NOW_UNRELIABLE ? "now-unreliable" : "still-ok"),
);

export const testTaint = stub("int test_taint(unsigned int flag)", (k, { flag }) =>
  k.taints.has(flag) ? 1 : 0,
);

/** Seconds until a panicked machine restarts; negative: at once. */
const RESTART_AT_ONCE = -1;
export const panicTimeout = variable("int panic_timeout", (k, { address }) =>
  k.memory.setU32(address, RESTART_AT_ONCE >>> 0),
);

/** No keyboard to blink with; drivers put theirs here. */
export const panicBlink = variable("long (*panic_blink)(int state)", (k, { address }) =>
  k.memory.setPointer(address, 0),
);
