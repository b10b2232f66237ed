/** Tracepoints and their probes (kernel/tracepoint.c). The lists of probes lie in guest memory. */
import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import { EEXIST, ENOENT, ENOMEM } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { staticText } from "../data/text.ts";
import type { Kernel } from "../kernel.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";
import type { Routine } from "../routine.ts";
import { setKeyCount, updateBranches } from "../static-keys.ts";

export interface Probe {
  readonly func: Address;
  readonly data: Address;
  readonly prio: number;
}

export const DEFAULT_PRIO = 10;
const FUNC_SIZE = 24;
const MAX_PROBES = 1000;

const probesOf = (k: Kernel, tracepoint: Address): Probe[] => {
  const probes: Probe[] = [];
  const { funcs } = k.struct("tracepoint", tracepoint);
  for (let at: number = funcs; at !== 0 && probes.length < MAX_PROBES; at += FUNC_SIZE) {
    const { func, data, prio } = k.struct("tracepoint_func", at);
    if (func === 0) break;
    probes.push({ func, data, prio });
  }
  return probes;
};

const writeProbes = (k: Kernel, tracepoint: Address, probes: readonly Probe[]): void => {
  const view = k.struct("tracepoint", tracepoint);
  const old = view.funcs;
  let list = 0;
  if (probes.length > 0) {
    list = k.heap.kmalloc((probes.length + 1) * FUNC_SIZE, GFP_KERNEL);
    if (list === 0) throw new Errno(ENOMEM);
    k.memory.fill(list, 0, (probes.length + 1) * FUNC_SIZE);
    for (const [index, { func, data, prio }] of probes.entries()) {
      k.memory.setPointer(list + index * FUNC_SIZE, func);
      k.memory.setPointer(list + index * FUNC_SIZE + 8, data);
      k.memory.setU32(list + index * FUNC_SIZE + 16, prio >>> 0);
    }
  }
  view.funcs = list as typeof view.funcs;
  if (old !== 0) k.heap.kfree(old);
};

const setKey = (k: Kernel, tracepoint: Address, count: 0 | 1): void => {
  const key = tracepoint + k.offsetOf("tracepoint", "key");
  setKeyCount(k, key, count);
  updateBranches(k, key);
};

/** tracepoint_add_func(). Errno EEXIST for a probe with the same data. */
export function* addProbe(k: Kernel, tracepoint: Address, probe: Probe): Routine<void> {
  const probes = probesOf(k, tracepoint);
  if (probes.some(({ func, data }) => func === probe.func && data === probe.data)) throw new Errno(EEXIST);
  const { regfunc } = k.struct("tracepoint", tracepoint);
  if (probes.length === 0 && regfunc !== 0) {
    const result = asInt(yield* k.call(regfunc));
    if (result < 0) throw new Errno(-result);
  }
  const before = probes.filter(({ prio }) => prio >= probe.prio);
  writeProbes(k, tracepoint, [...before, probe, ...probes.filter(({ prio }) => prio < probe.prio)]);
  if (probes.length === 0) setKey(k, tracepoint, 1);
}

/** tracepoint_remove_func(). Errno ENOENT. */
export function* removeProbe(k: Kernel, tracepoint: Address, probe: Omit<Probe, "prio">): Routine<void> {
  const probes = probesOf(k, tracepoint);
  const left = probes.filter(({ func, data }) => func !== probe.func || data !== probe.data);
  if (left.length === probes.length) throw new Errno(ENOENT);
  writeProbes(k, tracepoint, left);
  if (left.length > 0) return;
  const { unregfunc } = k.struct("tracepoint", tracepoint);
  if (unregfunc !== 0) yield* k.call(unregfunc);
  setKey(k, tracepoint, 0);
}

/** Calls a tracepoint's probes as code that passes it does. */
export function* fireTracepoint(
  k: Kernel,
  tracepoint: Address,
  args: readonly (number | bigint)[],
): Routine<void> {
  for (const { func, data } of probesOf(k, tracepoint)) yield* k.call(func, data, ...args);
}

const PREFIX = "__tracepoint_";

/** The struct tracepoint of the kernel's tracepoint of that name, as far as the kernel would have filled it in. */
export const kernelTracepoint = (k: Kernel, name: string): Address | undefined => {
  const address = k.symbols.address(PREFIX + name);
  if (address === undefined) return undefined;
  k.image.placeData(address, k.sizeOf("tracepoint"));
  const view = k.struct("tracepoint", address);
  if (view.name === 0) view.name = staticText(k, name) as typeof view.name;
  return address;
};

/** Names of all tracepoints of the kernel, in the order of their addresses. */
export const kernelTracepoints = (k: Kernel): string[] =>
  [...k.profile.kernelSymbols()]
    .filter(({ name, type }) => name.startsWith(PREFIX) && /[dD]/.test(type))
    .sort((a, b) => a.address - b.address)
    .map(({ name }) => name.slice(PREFIX.length));
