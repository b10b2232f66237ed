/** The keyboard controller of a PC (drivers/input/serio/i8042.c drives it). */
import { IRQ_RETURN } from "../irq/line.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";

const DATA = 0x60;
const COMMAND = 0x64;
const STATUS = { OUTPUT_FULL: 1, SYSTEM: 4, COMMAND: 8, KEYBOARD_ENABLED: 16, AUXILIARY: 32 } as const;
/** What the controller is told through the command port. */
const READ_CONFIGURATION = 0x20;
const WRITE_OUTPUT = 0xd2;
const WRITE_AUXILIARY_OUTPUT = 0xd3;
/** Interrupts of both ports on, keys translated. */
const CONFIGURATION = 0x67;
const IRQ = { keyboard: 1, auxiliary: 12 } as const;

interface Controller {
  /** Bytes for the guest to read, first one first. */
  readonly output: { readonly byte: number; readonly from: keyof typeof IRQ }[];
  command: number;
  last: number;
}

export interface Keyboard {
  /** The keyboard sends a scancode. */
  send(byte: number): void;
  /** i8042_interrupt(): takes what has come. */
  serve(irq: number): Routine<number>;
}

export const createKeyboard = (k: Kernel): Keyboard => {
  const state: Controller = { output: [], command: 0, last: 0 };
  const put = (byte: number, from: keyof typeof IRQ): void => {
    k.journal.touch(state.output).push({ byte, from });
    if (state.output.length === 1) k.irqs.raise(IRQ[from]);
  };
  /** Reading makes room for the next byte, of which the controller tells again. */
  const take = (): void => {
    const taken = k.journal.touch(state.output).shift();
    if (taken !== undefined) k.journal.touch(state).last = taken.byte;
    const next = state.output[0];
    if (next !== undefined) k.irqs.raise(IRQ[next.from]);
  };
  const status = (): number => {
    const next = state.output[0];
    const full = next === undefined ? 0 : STATUS.OUTPUT_FULL;
    const auxiliary = next?.from === "auxiliary" ? STATUS.AUXILIARY : 0;
    return full | auxiliary | STATUS.SYSTEM | STATUS.KEYBOARD_ENABLED | STATUS.COMMAND;
  };
  k.ports.claim({
    name: "i8042",
    start: DATA,
    size: COMMAND - DATA + 1,
    model: {
      read(offset) {
        if (offset === COMMAND - DATA) return status();
        take();
        return state.last;
      },
      write(offset, _size, value) {
        const byte = Number(value & 0xffn);
        k.journal.touch(state);
        if (offset === COMMAND - DATA) {
          state.command = byte;
          if (byte === READ_CONFIGURATION) state.output.push({ byte: CONFIGURATION, from: "keyboard" });
          return;
        }
        if (state.command === WRITE_OUTPUT) put(byte, "keyboard");
        else if (state.command === WRITE_AUXILIARY_OUTPUT) put(byte, "auxiliary");
        state.command = 0;
      },
    },
  });
  return {
    send: (byte) => put(byte, "keyboard"),
    *serve(irq) {
      const next = state.output[0];
      if (next === undefined || IRQ[next.from] !== irq) return IRQ_RETURN.NONE;
      take();
      if (next.from === "keyboard") yield* k.input.pc.receive(next.byte);
      return IRQ_RETURN.HANDLED;
    },
  };
};
