import { type DeviceModel, memoryModel } from "../kernel/devices/model.ts";
import type { Sandbox } from "../sandbox.ts";
import { ensureRunning } from "./call.ts";

export { type DeviceModel, memoryModel };

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
  };
};
