import { type DeviceModel, memoryModel } from "../kernel/devices/model.ts";
import type { InputRecord } from "../kernel/input/devices.ts";
import { pressKeys, typeText } from "../kernel/input/typing.ts";
import type { Sandbox } from "../sandbox.ts";
import { ensureRunning } from "./call.ts";

export { type DeviceModel, type InputRecord, memoryModel };

/** Where a model of a device answers. */
export interface DeviceRegion {
  /** For reports. */
  readonly name: string;
  /** First I/O port, or physical address. */
  readonly start: number;
  readonly size: number;
  readonly model: DeviceModel;
}

/** The machine around the kernel. */
export interface Hardware {
  /** A device pulls an interrupt line; false when nobody listens there. */
  raiseIrq(line: number): boolean;
  /** From now on a model answers at these I/O ports (inb, outl, ...). */
  ports(region: DeviceRegion): void;
  /** From now on a model answers at these physical addresses; what is mapped already stays as it is. */
  registers(region: DeviceRegion): void;
  /** The keyboard sends a scancode. */
  key(scancode: number): void;
  /** Keys of the keyboard by name: "a", "leftctrl+c", "down:leftshift", "up:leftshift". KoboxError "no-key". */
  press(...keys: readonly string[]): void;
  /** Types a text on the keyboard. KoboxError "no-key" for a character that no key makes. */
  type(text: string): void;
  /** What input devices have reported so far, the keyboard's keys too; the last ten thousand. */
  inputEvents(): readonly InputRecord[];
}

export const createHardware = (sandbox: Sandbox): Hardware => {
  const { kernel } = sandbox;
  /** What the device did has come through before the test goes on. */
  const arrive = (): void => {
    kernel.interrupts.service("between-tasks");
    kernel.tasks.settle();
  };
  return {
    raiseIrq(line) {
      ensureRunning(sandbox);
      const heard = kernel.irqs.raise(line);
      arrive();
      return heard;
    },
    ports: (region) => kernel.ports.claim(region),
    registers: (region) => kernel.io.claim(region),
    key(scancode) {
      ensureRunning(sandbox);
      kernel.keyboard.send(scancode);
      arrive();
    },
    press(...keys) {
      ensureRunning(sandbox);
      for (const each of keys) pressKeys(kernel, each);
      arrive();
    },
    type(text) {
      ensureRunning(sandbox);
      typeText(kernel, text);
      arrive();
    },
    inputEvents: () => [...kernel.input.events()],
  };
};
