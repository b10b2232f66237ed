/** include/linux/ftrace.h, as kernel/trace/ftrace.c does it. */
import type { Address } from "../../src/base/address.ts";
import type { ByteString } from "../../src/base/bytes.ts";
import { EBUSY, EINVAL, ENODEV, ENOENT } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { OpsFilter } from "../../src/kernel/probes/ftrace.ts";
import { stub } from "../../src/stub/declare.ts";

const ALL = { partial: "an empty filter means the functions of modules only" } as const;

/** A filter pattern of ftrace: `*` at either end or both, or any glob (filter_parse_regex()). */
const nameMatcher = (pattern: ByteString): ((name: string) => boolean) => {
  if (!/[*?[]/.test(pattern)) return (name) => name === pattern;
  const expression = pattern
    .replaceAll(/[.+^${}()|\\]/g, String.raw`\$&`)
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  try {
    const regexp = new RegExp(`^${expression}$`);
    return (name) => regexp.test(name);
  } catch {
    return () => false;
  }
};

const MODULE_FILTER = ":mod:";

/** Functions that a filter text names; "!" in front takes them out. */
const setByName = (
  k: Kernel,
  ops: Address,
  which: keyof OpsFilter,
  text: { readonly buf: Address; readonly len: number; readonly reset: boolean },
): number => {
  const before = k.probes.ftrace.filterOf(ops);
  const kept = text.reset ? [] : before[which];
  const pattern = text.buf === 0 ? "" : k.memory.cstring(text.buf).slice(0, text.len);
  if (pattern === "") {
    k.probes.ftrace.setFilter(ops, { ...before, [which]: kept });
    return 0;
  }
  const removes = pattern.startsWith("!");
  const [name = "", module] = pattern.slice(removes ? 1 : 0).split(MODULE_FILTER);
  const found = k.probes.ftrace.matching(nameMatcher(name), module);
  if (found.length === 0) throw new Errno(EINVAL);
  const next = removes ? kept.filter((one) => !found.includes(one)) : [...new Set([...kept, ...found])];
  k.probes.ftrace.setFilter(ops, { ...before, [which]: next });
  return 0;
};

export const ftraceSetFilter = stub(
  "int ftrace_set_filter(struct ftrace_ops *ops, unsigned char *buf, int len, int reset)",
  { fails: ["EINVAL", "ENOMEM"], sleeps: true },
  (k, { ops, buf, len, reset }) => setByName(k, ops, "filter", { buf, len, reset: reset !== 0 }),
);

export const ftraceSetNotrace = stub(
  "int ftrace_set_notrace(struct ftrace_ops *ops, unsigned char *buf, int len, int reset)",
  { fails: ["EINVAL", "ENOMEM"], sleeps: true },
  (k, { ops, buf, len, reset }) => setByName(k, ops, "notrace", { buf, len, reset: reset !== 0 }),
);

const setByAddress = (
  k: Kernel,
  ops: Address,
  ips: Iterable<Address>,
  how: { remove: boolean; reset: boolean },
): number => {
  const { ftrace } = k.probes;
  const before = ftrace.filterOf(ops);
  let filter = how.reset ? [] : before.filter;
  for (const ip of ips) {
    if (!ftrace.isLocation(ip)) throw new Errno(EINVAL);
    if (how.remove && !filter.includes(ip)) throw new Errno(ENOENT);
    filter = how.remove ? filter.filter((one) => one !== ip) : [...new Set([...filter, ip])];
  }
  ftrace.setFilter(ops, { ...before, filter });
  return 0;
};

export const ftraceSetFilterIp = stub(
  "int ftrace_set_filter_ip(struct ftrace_ops *ops, unsigned long ip, int remove, int reset)",
  { fails: ["EINVAL", "ENOENT", "EBUSY", "ENOMEM"], sleeps: true },
  (k, { ops, ip, remove, reset }) =>
    setByAddress(k, ops, [Number(BigInt.asIntN(64, ip))], { remove: remove !== 0, reset: reset !== 0 }),
);

/** Read one by one: the first that is no function ends it. */
function* pointersAt(k: Kernel, at: Address, count: number): Generator<Address> {
  for (let index = 0; index < count; index += 1) yield k.memory.pointer(at + index * 8);
}

export const ftraceSetFilterIps = stub(
  "int ftrace_set_filter_ips(struct ftrace_ops *ops, unsigned long *ips, unsigned int cnt, int remove, int reset)",
  { fails: ["EINVAL", "ENOENT", "EBUSY", "ENOMEM"], sleeps: true },
  (k, { ops, ips, cnt, remove, reset }) =>
    setByAddress(k, ops, pointersAt(k, ips, cnt), { remove: remove !== 0, reset: reset !== 0 }),
);

export const ftraceFreeFilter = stub(
  "void ftrace_free_filter(struct ftrace_ops *ops)",
  { sleeps: true },
  (k, { ops }) => {
    if (!k.probes.ftrace.isRegistered(ops)) k.probes.ftrace.setFilter(ops, { filter: [], notrace: [] });
  },
);

export const registerFtraceFunction = stub(
  "int register_ftrace_function(struct ftrace_ops *ops)",
  { fails: ["EBUSY", "EINVAL", "ENOMEM"], sleeps: true, acquires: { "ftrace hook": "ops" }, level: ALL },
  (k, { ops }) => {
    k.probes.ftrace.register(ops);
    return 0;
  },
);

export const unregisterFtraceFunction = stub(
  "int unregister_ftrace_function(struct ftrace_ops *ops)",
  { fails: ["EBUSY"], sleeps: true, releases: { "ftrace hook": "ops" } },
  (k, { ops }) => {
    k.probes.ftrace.unregister(ops);
    return 0;
  },
);

const address = (value: bigint): Address => Number(BigInt.asIntN(64, value));

export const registerFtraceDirect = stub(
  "int register_ftrace_direct(unsigned long ip, unsigned long addr)",
  { fails: ["EBUSY", "ENODEV", "EINVAL", "ENOMEM"], sleeps: true, acquires: { "ftrace hook": "ip" } },
  (k, { ip, addr }) => {
    k.probes.ftrace.setDirect(address(ip), address(addr));
    return 0;
  },
);

export const unregisterFtraceDirect = stub(
  "int unregister_ftrace_direct(unsigned long ip, unsigned long addr)",
  { fails: ["ENODEV"], sleeps: true, releases: { "ftrace hook": "ip" } },
  (k, { ip }) => {
    k.probes.ftrace.removeDirect(address(ip));
    return 0;
  },
);

export const modifyFtraceDirect = stub(
  "int modify_ftrace_direct(unsigned long ip, unsigned long old_addr, unsigned long new_addr)",
  { fails: ["ENODEV", "EINVAL"], sleeps: true },
  (k, { ip, old_addr, new_addr }) => {
    const now = k.probes.ftrace.directAt(address(ip));
    if (now === undefined) throw new Errno(ENODEV);
    if (now !== address(old_addr)) throw new Errno(EINVAL);
    k.probes.ftrace.changeDirect(address(ip), address(new_addr));
    return 0;
  },
);

/** All of an ops' functions get the same direct call, or none. */
export const registerFtraceDirectMulti = stub(
  "int register_ftrace_direct_multi(struct ftrace_ops *ops, unsigned long addr)",
  { fails: ["EINVAL", "EBUSY", "ENOMEM"], sleeps: true, acquires: { "ftrace hook": "ops" } },
  (k, { ops, addr }) => {
    const { ftrace } = k.probes;
    const { filter } = ftrace.filterOf(ops);
    if (k.struct("ftrace_ops", ops).func !== 0 || filter.length === 0) throw new Errno(EINVAL);
    if (filter.some((ip) => ftrace.directAt(ip) !== undefined)) throw new Errno(EBUSY);
    for (const ip of filter) ftrace.setDirect(ip, address(addr));
    return 0;
  },
);

export const unregisterFtraceDirectMulti = stub(
  "int unregister_ftrace_direct_multi(struct ftrace_ops *ops, unsigned long addr)",
  { fails: ["EINVAL"], sleeps: true, releases: { "ftrace hook": "ops" } },
  (k, { ops }) => {
    const { ftrace } = k.probes;
    const { filter } = ftrace.filterOf(ops);
    if (filter.every((ip) => ftrace.directAt(ip) === undefined)) throw new Errno(EINVAL);
    for (const ip of filter) if (ftrace.directAt(ip) !== undefined) ftrace.removeDirect(ip);
    return 0;
  },
);

export const modifyFtraceDirectMulti = stub(
  "int modify_ftrace_direct_multi(struct ftrace_ops *ops, unsigned long addr)",
  { fails: ["EINVAL", "EBUSY"], sleeps: true },
  (k, { ops, addr }) => {
    const { ftrace } = k.probes;
    for (const ip of ftrace.filterOf(ops).filter) {
      if (ftrace.directAt(ip) === undefined) throw new Errno(EBUSY);
      ftrace.changeDirect(ip, address(addr));
    }
    return 0;
  },
);
