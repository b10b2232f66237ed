/** include/linux/dynamic_debug.h, as lib/dynamic_debug.c does it. Called only where a site is switched on. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { FLAG } from "../../src/kernel/dynamic-debug/sites.ts";
import { deviceInfo, deviceName, driverName } from "../../src/kernel/log/device.ts";
import { LOG_LINE_MAX } from "../../src/kernel/log/log.ts";
import { KERN_DEBUG } from "../../src/kernel/log/record.ts";
import { printNetdev } from "../../src/kernel/net/printk.ts";
import { formatGuest, prepend } from "../../src/kernel/printf/guest-format.ts";
import { stub } from "../../src/stub/declare.ts";

const LOGLEVEL_DEBUG = 7;
/** PREFIX_SIZE without the NUL. */
const PREFIX_MAX = 63;

const taskPrefix = (k: Kernel): string =>
  k.interrupts.context() === "process" ? `[${k.current.pid}] ` : "<intr> ";

/** What the site's flags put in front (`__dynamic_emit_prefix`). */
const sitePrefix = (k: Kernel, descriptor: Address): string => {
  const site = k.struct("_ddebug", descriptor);
  const { flags } = site;
  const task = (flags & FLAG.TASK) === 0 ? "" : taskPrefix(k);
  const parts: string[] = [];
  if ((flags & FLAG.MODULE) !== 0) parts.push(`${k.memory.cstring(site.modname)}:`);
  if ((flags & FLAG.FUNCTION) !== 0) parts.push(`${k.memory.cstring(site.function)}:`);
  if ((flags & FLAG.LINE) !== 0) parts.push(`${site.lineno}:`);
  return `${task}${parts.join("")}${parts.length === 0 ? "" : " "}`.slice(0, PREFIX_MAX);
};

export const dynamicPrDebug = stub(
  "void __dynamic_pr_debug(struct _ddebug *descriptor, const char *fmt, ...)",
  (k, { descriptor, fmt }, call) => {
    const prefix = KERN_DEBUG + sitePrefix(k, descriptor);
    k.log.emit({ text: prepend(prefix, formatGuest(k, fmt, call, LOG_LINE_MAX)) });
  },
);

export const dynamicDevDbg = stub(
  "void __dynamic_dev_dbg(struct _ddebug *descriptor, const struct device *dev, const char *fmt, ...)",
  (k, { descriptor, dev, fmt }, call) => {
    const message = formatGuest(k, fmt, call, LOG_LINE_MAX);
    if (dev === 0) {
      k.log.emit({ text: prepend(`${KERN_DEBUG}(NULL device *): `, message) });
      return;
    }
    const place = `${driverName(k.format, dev)} ${deviceName(k.format, dev)}: `;
    k.log.emit({
      level: LOGLEVEL_DEBUG,
      device: deviceInfo(k.format, dev),
      text: prepend(sitePrefix(k, descriptor) + place, message),
    });
  },
);

export const dynamicNetdevDbg = stub(
  "void __dynamic_netdev_dbg(struct _ddebug *descriptor, const struct net_device *dev, const char *fmt, ...)",
  (k, { descriptor, dev, fmt }, call) => {
    const message = formatGuest(k, fmt, call, LOG_LINE_MAX);
    printNetdev(k, dev, LOGLEVEL_DEBUG, message, sitePrefix(k, descriptor));
  },
);
