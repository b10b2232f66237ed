/** include/net/net_debug.h, as net/core/dev.c does it. */
import { LOG_LINE_MAX } from "../../src/kernel/log/log.ts";
import { printNetdev } from "../../src/kernel/net/printk.ts";
import { formatGuest } from "../../src/kernel/printf/guest-format.ts";
import { type Stub, stub } from "../../src/stub/declare.ts";

export const netdevPrintk = stub(
  "void netdev_printk(const char *level, const struct net_device *dev, const char *format, ...)",
  (k, { level, dev, format }, call) =>
    printNetdev(k, dev, (k.memory.u8(level + 1) - 0x30) & 7, formatGuest(k, format, call, LOG_LINE_MAX)),
);

type Leveled = "void netdev_err(const struct net_device *dev, const char *format, ...)";

const leveled = (name: string, level: number): Stub =>
  stub(`void ${name}(const struct net_device *dev, const char *format, ...)` as Leveled, (k, args, call) => {
    printNetdev(k, args.dev, level, formatGuest(k, args.format, call, LOG_LINE_MAX));
  });

export const netdevLevels = [
  leveled("netdev_emerg", 0),
  leveled("netdev_alert", 1),
  leveled("netdev_crit", 2),
  leveled("netdev_err", 3),
  leveled("netdev_warn", 4),
  leveled("netdev_notice", 5),
  leveled("netdev_info", 6),
];
