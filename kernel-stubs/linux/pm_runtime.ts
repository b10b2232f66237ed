/** include/linux/pm_runtime.h, as drivers/base/power/runtime.c does it. */
import type { Address } from "../../src/base/address.ts";
import {
  disableRuntime,
  enableRuntime,
  restRuntime,
  resumeRuntime,
  setRuntimeStatus,
} from "../../src/kernel/devices/runtime-pm.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const AWAKE = { partial: "no device is ever suspended" };
const RESTS = { fails: ["EINVAL", "EACCES", "EAGAIN", "EBUSY"], level: AWAKE } as const;

const powerOf = (k: Kernel, device: Address) => k.struct("device", device).power;

export const pmRuntimeEnable = stub("void pm_runtime_enable(struct device *dev)", (k, { dev }) =>
  enableRuntime(k, dev),
);
export const pmRuntimeDisable = stub(
  "void __pm_runtime_disable(struct device *dev, bool check_resume)",
  { sleeps: true },
  (k, { dev }) => disableRuntime(k, dev),
);
export const pmRuntimeSetStatus = stub(
  "int __pm_runtime_set_status(struct device *dev, unsigned int status)",
  { fails: ["EINVAL", "EAGAIN"] },
  (k, { dev, status }) => {
    setRuntimeStatus(k, dev, status);
    return 0;
  },
);
export const pmRuntimeResume = stub(
  "int __pm_runtime_resume(struct device *dev, int rpmflags)",
  { fails: ["EINVAL", "EACCES"] },
  function* (k, { dev, rpmflags }) {
    return yield* resumeRuntime(k, dev, rpmflags);
  },
);
export const pmRuntimeIdle = stub(
  "int __pm_runtime_idle(struct device *dev, int rpmflags)",
  RESTS,
  (k, { dev, rpmflags }) => restRuntime(k, dev, rpmflags),
);
export const pmRuntimeSuspend = stub(
  "int __pm_runtime_suspend(struct device *dev, int rpmflags)",
  RESTS,
  (k, { dev, rpmflags }) => restRuntime(k, dev, rpmflags),
);
export const pmRuntimeBarrier = stub(
  "int pm_runtime_barrier(struct device *dev)",
  { sleeps: true, level: AWAKE },
  () => 0,
);
export const pmRuntimeAllow = stub(
  "void pm_runtime_allow(struct device *dev)",
  { level: AWAKE },
  (k, { dev }) => {
    const power = powerOf(k, dev);
    if (power.runtime_auto !== 0) return;
    power.runtime_auto = 1;
    power.usage_count.counter -= 1;
  },
);
export const pmRuntimeForbid = stub("void pm_runtime_forbid(struct device *dev)", function* (k, { dev }) {
  const power = powerOf(k, dev);
  if (power.runtime_auto === 0) return;
  power.runtime_auto = 0;
  power.usage_count.counter += 1;
  if (power.disable_depth === 0) yield* resumeRuntime(k, dev, 0);
});
export const pmRuntimeNoCallbacks = stub("void pm_runtime_no_callbacks(struct device *dev)", (k, { dev }) => {
  powerOf(k, dev).no_callbacks = 1;
});
export const pmRuntimeUseAutosuspend = stub(
  "void __pm_runtime_use_autosuspend(struct device *dev, bool use)",
  { level: AWAKE },
  (k, { dev, use }) => {
    powerOf(k, dev).use_autosuspend = use ? 1 : 0;
  },
);
export const pmRuntimeSetAutosuspendDelay = stub(
  "void pm_runtime_set_autosuspend_delay(struct device *dev, int delay)",
  { level: AWAKE },
  (k, { dev, delay }) => {
    powerOf(k, dev).autosuspend_delay = delay;
  },
);
