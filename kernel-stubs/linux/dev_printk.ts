/** include/linux/dev_printk.h, as drivers/base/core.c does it. */
import type { Address } from "../../src/base/address.ts";
import { EPROBE_DEFER, ENOMEM } from "../../src/base/errno.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { deviceInfo, printDevice } from "../../src/kernel/log/device.ts";
import { LOG_LINE_MAX } from "../../src/kernel/log/log.ts";
import { errorName } from "../../src/kernel/printf/errname.ts";
import { faultsAt } from "../../src/kernel/printf/fault-places.ts";
import { type ArgumentSource, formatGuest, prepend } from "../../src/kernel/printf/guest-format.ts";
import { type Stub, stub } from "../../src/stub/declare.ts";

/** `name`: where the function that the module called calls on. */
const print = (
  k: Kernel,
  name: string,
  level: number,
  { dev, fmt }: { dev: Address; fmt: Address },
  call: ArgumentSource,
): number =>
  faultsAt(["__dev_printk+0x16/0x67", name], () =>
    printDevice(k.log, k.format, dev, level, () => formatGuest(k, fmt, call, LOG_LINE_MAX)),
  );

export const devPrintk = stub(
  "void _dev_printk(const char *level, const struct device *dev, const char *fmt, ...)",
  (k, { level, dev, fmt }, call) => {
    print(k, "_dev_printk+0x70/0x8b", k.memory.u8(level + 1) - 0x30, { dev, fmt }, call);
  },
);

type Leveled = "void _dev_err(const struct device *dev, const char *fmt, ...)";

const leveled = (name: string, level: number): Stub =>
  stub(`void ${name}(const struct device *dev, const char *fmt, ...)` as Leveled, (k, args, call) => {
    print(k, `${name}+0x79/0x94`, level, args, call);
  });

export const devLevels = [
  leveled("_dev_emerg", 0),
  leveled("_dev_alert", 1),
  leveled("_dev_crit", 2),
  leveled("_dev_err", 3),
  leveled("_dev_warn", 4),
  leveled("_dev_notice", 5),
  leveled("_dev_info", 6),
];

export const devPrintkEmit = stub(
  "int dev_printk_emit(int level, const struct device *dev, const char *fmt, ...)",
  (k, { level, dev, fmt }, call) =>
    k.log.emit({
      level,
      device: faultsAt(["dev_vprintk_emit+0x46/0x19b", "dev_printk_emit+0x61/0x7c"], () =>
        deviceInfo(k.format, dev),
      ),
      text: formatGuest(k, fmt, call, LOG_LINE_MAX),
    }),
);

export const devVprintkEmit = stub(
  "int dev_vprintk_emit(int level, const struct device *dev, const char *fmt, va_list args)",
  (k, { level, dev, fmt, args }) =>
    k.log.emit({
      level,
      device: faultsAt(["dev_vprintk_emit+0x46/0x19b"], () => deviceInfo(k.format, dev)),
      text: formatGuest(k, fmt, { list: args }, LOG_LINE_MAX),
    }),
);

/** `__dev_probe_failed`: quiet for -ENOMEM and, with dynamic debug off, for -EPROBE_DEFER. */
const probeFailed = (
  k: Kernel,
  level: number,
  { dev, err, fmt }: { dev: Address; err: number; fmt: Address },
  source: ArgumentSource,
): number => {
  if (err === -EPROBE_DEFER || err === -ENOMEM) return err;
  const name = errorName(-err);
  printDevice(k.log, k.format, dev, level, () =>
    prepend(`error ${name === undefined ? err : `-${name}`}: `, formatGuest(k, fmt, source, LOG_LINE_MAX)),
  );
  return err;
};

const DEFERRED = {
  partial: "the reason of a deferred probe is not kept for debugfs",
} as const;

export const devErrProbe = stub(
  "int dev_err_probe(const struct device *dev, int err, const char *fmt, ...)",
  { level: DEFERRED },
  (k, args, call) => probeFailed(k, 3, args, call),
);

export const devWarnProbe = stub(
  "int dev_warn_probe(const struct device *dev, int err, const char *fmt, ...)",
  { level: DEFERRED },
  (k, args, call) => probeFailed(k, 4, args, call),
);
