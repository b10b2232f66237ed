/** include/linux/input.h: devices that go with another one, as drivers/input/input.c does them. */
import { ownWith } from "../../src/kernel/devices/devres.ts";
import { allocateInput } from "../../src/kernel/input/core.ts";
import { stub } from "../../src/stub/declare.ts";

export const devmInputAllocateDevice = stub(
  "struct input_dev *devm_input_allocate_device(struct device *dev)",
  { fails: ["NULL"], sleeps: true },
  function* (k, { dev }) {
    const input = yield* allocateInput(k);
    if (input === 0) return input;
    const view = k.struct("input_dev", input);
    view.dev.parent = dev;
    view.devres_managed = true;
    ownWith(k, dev, "input", input);
    return input;
  },
);
