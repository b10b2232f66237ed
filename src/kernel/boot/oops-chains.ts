/** Notifier chains that are called while the kernel dies (kernel/notifier.c, kernel/panic.c). */
import { REG } from "unicorn-engine";
import { type Address, toPattern } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { Kernel } from "../kernel.ts";
import { callNotifiers } from "../notifier.ts";
import { fireChain } from "../notify-chains.ts";
import type { DieNote, OopsHost } from "../oops/host.ts";
import type { PtRegs } from "../oops/registers.ts";
import { PT_REGS, putRegs, takeRegs } from "../probes/pt-regs.ts";
import type { Routine } from "../routine.ts";
import type { Task } from "../task.ts";

const NOTIFY_STOP_MASK = 0x8000;
/** panic()'s static buffer, which its notifiers are given. */
const BUFFER = 1024;
const PANIC_EVENT = 0;
/** Above a new stack's first frame. */
const STACK_ROOM = 64;
const RFLAGS_RESERVED = 2n;
/** Where the first block of an atomic_notifier_head is. */
const FIRST_BLOCK = 8;

interface Room {
  /** Handlers run on a stack of their own: the one that died may be full. */
  task: Task | undefined;
  args: Address;
  buffer: Address;
  /** A fault of a notifier does not call the chain again: that would never end. */
  busy: boolean;
}

export const oopsChains = (k: Kernel): Pick<OopsHost, "notifyDie" | "notifyPanic"> => {
  const room: Room = { task: undefined, args: 0, buffer: 0, busy: false };
  const regsAt = (): Address => room.args + k.sizeOf("die_args");
  const prepare = (): Task => {
    k.journal.touch(room);
    if (room.args === 0) room.args = k.statics.allocate(k.sizeOf("die_args") + PT_REGS.SIZE);
    if (room.buffer === 0) room.buffer = k.statics.allocate(BUFFER);
    room.task ??= k.tasks.create({ comm: "die", kind: "interrupt", context: "hardirq" });
    return room.task;
  };
  /** Calls guest code at once, in the middle of whatever goes on. */
  const callNow = (name: ByteString, call: () => Routine<void>): void => {
    if (room.busy) return;
    const task = prepare();
    room.busy = true;
    task.registers.fill(0n);
    task.registers[REG.RSP] = toPattern(task.stack.high - STACK_ROOM);
    task.registers[REG.RFLAGS] = RFLAGS_RESERVED;
    k.executor.pushRoutine(task, call(), () => {}, name);
    task.state = "runnable";
    k.executor.run(task);
    task.frames.length = 0;
    room.busy = false;
  };
  const isCalled = (chain: "register_die_notifier"): boolean => {
    const head = k.driverCore.chains.get(chain);
    return head !== undefined && k.memory.pointer(head) !== 0;
  };
  const writeArgs = (regs: PtRegs, note: DieNote): void => {
    putRegs(k, regsAt(), regs);
    k.memory.setCstring(room.buffer, note.text.slice(0, BUFFER - 1));
    const view = k.struct("die_args", room.args);
    view.regs = regsAt() as typeof view.regs;
    view.str = room.buffer as typeof view.str;
    view.err = BigInt(note.errorCode);
    view.trapnr = note.trap;
    view.signr = note.signal;
  };
  return {
    notifyDie(regs, note) {
      if (!isCalled("register_die_notifier")) return "go-on";
      let answer = 0;
      callNow("notify_die", function* () {
        writeArgs(regs, note);
        answer = yield* fireChain(k, "register_die_notifier", note.event, room.args);
      });
      if ((answer & NOTIFY_STOP_MASK) === 0) return "go-on";
      takeRegs(k, regsAt());
      return "stop";
    },
    notifyPanic(message) {
      const list = k.symbols.address("panic_notifier_list");
      if (list === undefined || !k.memory.accessible(list + FIRST_BLOCK, 8, "read")) return;
      if (k.memory.pointer(list + FIRST_BLOCK) === 0) return;
      callNow("panic", function* () {
        k.memory.setCstring(room.buffer, message.slice(0, BUFFER - 1));
        yield* callNotifiers(k.memory, list + FIRST_BLOCK, PANIC_EVENT, room.buffer);
      });
    },
  };
};
