/** ftrace: calls from where functions begin (kernel/trace/ftrace.c). */
import { REG } from "unicorn-engine";
import type { Address } from "../../base/address.ts";
import { EBUSY, EINVAL, ENODEV } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { StartRoutine } from "../execution.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import type { Running } from "./breakpoints.ts";
import type { Kprobes } from "./kprobes.ts";
import { PT_REGS, unpreempted, withRegs } from "./pt-regs.ts";
import { ENTRY_SIZE, openFunction, patchEntry, placeHost } from "./text.ts";

// include/linux/ftrace.h
const FL_ENABLED = 1n << 0n;
const FL_SAVE_REGS = 1n << 2n;
const FL_SAVE_REGS_IF_SUPPORTED = 1n << 3n;
const FL_IPMODIFY = 1n << 12n;
const FL_INITIALIZED = 1n << 6n;

/** Whom one ftrace_ops wants to hear of; an empty filter means all functions. */
export interface OpsFilter {
  readonly filter: readonly Address[];
  readonly notrace: readonly Address[];
}

export interface Ftrace {
  /** A function begins there and can be traced. */
  isLocation(address: Address): boolean;
  filterOf(ops: Address): OpsFilter;
  /** Errno EBUSY when another one already decides where a function goes on. */
  setFilter(ops: Address, filter: OpsFilter): void;
  register(ops: Address): void;
  unregister(ops: Address): void;
  isRegistered(ops: Address): boolean;
  directAt(address: Address): Address | undefined;
  /** Errno ENODEV where no function begins, EBUSY where there is one already. */
  setDirect(address: Address, target: Address): void;
  removeDirect(address: Address): void;
  changeDirect(address: Address, target: Address): void;
  /** Makes another function run in a function's place. Errno EINVAL where no function begins. */
  replace(address: Address, target: Address | undefined): void;
  /** kprobes at a function's first instruction come here. */
  armKprobe(address: Address): void;
  disarmKprobe(address: Address): void;
  forget(from: Address, to: Address): void;
  /** Traceable functions, of modules and, by pattern, of the kernel. */
  matching(matches: (name: string) => boolean, module?: string): Address[];
}

interface Site {
  readonly kprobe: boolean;
  readonly direct: Address | undefined;
  /** A livepatch's function, which runs instead. */
  readonly replacement: Address | undefined;
}

const UNHOOKED: Site = { kprobe: false, direct: undefined, replacement: undefined };

const EMPTY: OpsFilter = { filter: [], notrace: [] };

export const createFtrace = (
  k: Kernel,
  bind: (address: Address) => boolean,
  kprobes: () => Kprobes,
  running: Running,
): Ftrace => {
  const filters: JournalMap<Address, OpsFilter> = k.journal.map();
  const sites: JournalMap<Address, Site> = k.journal.map();
  const opened: JournalMap<Address, true> = k.journal.map();
  /** Registered ftrace_ops, the newest first. */
  const active: { ops: readonly Address[] } = { ops: [] };

  const filterOf = (ops: Address): OpsFilter => filters.get(ops) ?? EMPTY;
  const wants = ({ filter, notrace }: OpsFilter, address: Address): boolean =>
    (filter.length === 0 || filter.includes(address)) && !notrace.includes(address);
  const flagsOf = (ops: Address): bigint => k.struct("ftrace_ops", ops).flags;
  const opsAt = (address: Address): Address[] => active.ops.filter((ops) => wants(filterOf(ops), address));

  const isModuleSite = (address: Address): boolean =>
    k.modules.list.at(address)?.ftraceSites.includes(address) === true;
  const isKernelFunction = (address: Address): boolean => {
    const place = k.modules.list.at(address) === undefined ? k.symbols.lookup(address) : undefined;
    return place !== undefined && place.offset === 0 && k.image.contains(address);
  };
  const isLocation = (address: Address): boolean => isModuleSite(address) || isKernelFunction(address);

  const caller = (): Address => placeHost(k, "ftrace_regs_caller", enter);
  /** Makes the code at a function's entry agree with who wants to be called. */
  const update = (address: Address): void => {
    const { kprobe, direct, replacement } = sites.get(address) ?? UNHOOKED;
    const isHooked = kprobe || replacement !== undefined || opsAt(address).length > 0;
    if (!isHooked && direct === undefined && !opened.has(address) && !isModuleSite(address)) return;
    if (!isModuleSite(address) && !opened.has(address)) {
      if (!openFunction(k, address, bind)) return;
      opened.set(address, true);
    }
    patchEntry(k, address, isHooked ? caller() : direct);
  };
  const touched = ({ filter }: OpsFilter): Address[] =>
    filter.length > 0 ? [...filter] : k.modules.list.all().flatMap(({ ftraceSites }) => ftraceSites);

  const enter = (): StartRoutine => {
    const sp = k.executor.register(REG.RSP);
    const address = k.memory.pointer(sp) - ENTRY_SIZE;
    return { kind: "routine", routine: serve(address, sp + 8), finish: () => {} };
  };
  /** `sp`: as the function itself finds it. */
  function* serve(address: Address, sp: Address): Routine<void> {
    const parent = k.memory.pointer(sp);
    const opsHere = opsAt(address);
    const site = sites.get(address);
    const isFull =
      site?.kprobe === true ||
      opsHere.some((ops) => (flagsOf(ops) & (FL_SAVE_REGS | FL_SAVE_REGS_IF_SUPPORTED)) !== 0n);
    yield* withRegs(
      k,
      { ip: address + ENTRY_SIZE, sp, saved: isFull ? "all" : "arguments" },
      function* (regs) {
        for (const ops of opsHere) {
          if (!active.ops.includes(ops)) continue;
          const { func } = k.struct("ftrace_ops", ops);
          yield* k.call(func, address, parent, ops, regs);
        }
        if (site?.kprobe === true) yield* serveKprobes(address, regs);
      },
    );
    const isUnmoved = k.executor.register(REG.RIP) === address + ENTRY_SIZE;
    if (isUnmoved && site?.replacement !== undefined) k.executor.setRegister(REG.RIP, site.replacement);
    else if (isUnmoved && site?.direct !== undefined) goDirect(address, site.direct);
  }
  /** kprobe_ftrace_handler(): as if a breakpoint had been hit and a nop of 5 bytes been stepped over. */
  function* serveKprobes(address: Address, regs: Address): Routine<void> {
    const place = kprobes().placeAt(address);
    if (place === undefined) return;
    if (running.place !== undefined) {
      for (const kprobe of place.kprobes) k.struct("kprobe", kprobe).nmissed += 1n;
      return;
    }
    k.journal.touch(running).place = address;
    const ip = k.memory.pointer(regs + PT_REGS.IP);
    k.memory.setPointer(regs + PT_REGS.IP, address + 1);
    const handlers = function* (): Routine<void> {
      if ((yield* kprobes().before(place, regs)) === "skip") return;
      k.memory.setPointer(regs + PT_REGS.IP, address + ENTRY_SIZE);
      yield* kprobes().after(place, regs);
      k.memory.setPointer(regs + PT_REGS.IP, ip);
    };
    yield* unpreempted(k, handlers());
    k.journal.touch(running).place = undefined;
  }
  /** As if the function had called the trampoline itself. */
  const goDirect = (address: Address, target: Address): void => {
    const sp = k.executor.register(REG.RSP) - 8;
    k.memory.setPointer(sp, address + ENTRY_SIZE);
    k.executor.setRegister(REG.RSP, sp);
    k.executor.setRegister(REG.RIP, target);
  };
  const setSite = (address: Address, change: Partial<Site>): void => {
    sites.set(address, { ...UNHOOKED, ...sites.get(address), ...change });
    update(address);
  };
  /** Only one may decide where a function goes on. */
  const checkModify = (ops: Address, { filter }: OpsFilter): void => {
    if ((flagsOf(ops) & FL_IPMODIFY) === 0n) return;
    if (filter.length === 0) throw new Errno(EINVAL);
    const others = active.ops.filter((other) => other !== ops && (flagsOf(other) & FL_IPMODIFY) !== 0n);
    if (others.some((other) => filter.some((address) => wants(filterOf(other), address))))
      throw new Errno(EBUSY);
  };
  const setActive = (ops: readonly Address[]): void => {
    k.journal.touch(active).ops = ops;
  };

  return {
    isLocation,
    filterOf,
    setFilter(ops, filter) {
      const isActive = active.ops.includes(ops);
      if (isActive) checkModify(ops, filter);
      const before = filterOf(ops);
      filters.set(ops, filter);
      if (isActive) for (const address of new Set([...touched(before), ...touched(filter)])) update(address);
    },
    register(ops) {
      if (active.ops.includes(ops)) throw new Errno(EBUSY);
      checkModify(ops, filterOf(ops));
      setActive([ops, ...active.ops]);
      k.struct("ftrace_ops", ops).flags |= FL_ENABLED | FL_INITIALIZED;
      for (const address of touched(filterOf(ops))) update(address);
    },
    unregister(ops) {
      if (!active.ops.includes(ops)) throw new Errno(EBUSY);
      setActive(active.ops.filter((one) => one !== ops));
      k.struct("ftrace_ops", ops).flags &= ~FL_ENABLED;
      for (const address of touched(filterOf(ops))) update(address);
    },
    isRegistered: (ops) => active.ops.includes(ops),
    directAt: (address) => sites.get(address)?.direct,
    setDirect(address, target) {
      if (!isLocation(address)) throw new Errno(ENODEV);
      if (sites.get(address)?.direct !== undefined) throw new Errno(EBUSY);
      setSite(address, { direct: target });
    },
    removeDirect(address) {
      if (sites.get(address)?.direct === undefined) throw new Errno(ENODEV);
      setSite(address, { direct: undefined });
    },
    changeDirect(address, target) {
      if (sites.get(address)?.direct === undefined) throw new Errno(ENODEV);
      setSite(address, { direct: target });
    },
    replace(address, target) {
      if (!isLocation(address)) throw new Errno(EINVAL);
      setSite(address, { replacement: target });
    },
    armKprobe: (address) => setSite(address, { kprobe: true }),
    disarmKprobe: (address) => setSite(address, { kprobe: false }),
    forget(from, to) {
      const inside = (address: Address): boolean => address >= from && address < to;
      for (const [address, { replacement }] of sites.entries()) {
        if (inside(address)) sites.delete(address);
        else if (replacement !== undefined && inside(replacement))
          setSite(address, { replacement: undefined });
      }
      setActive(active.ops.filter((ops) => !inside(ops)));
      for (const [ops, { filter, notrace }] of filters.entries()) {
        if (inside(ops)) filters.delete(ops);
        else filters.set(ops, { filter: filter.filter((one) => !inside(one)), notrace });
      }
    },
    matching(matches, module) {
      const found: Address[] = [];
      for (const one of k.modules.list.all()) {
        if (module !== undefined && module !== one.name) continue;
        found.push(...one.ftraceSites.filter((site) => matches(k.symbols.lookup(site)?.name ?? "")));
      }
      if (module !== undefined) return found;
      for (const { name, address, type } of k.profile.kernelSymbols()) {
        if (/[tTwW]/.test(type) && matches(name)) found.push(address);
      }
      return found;
    },
  };
};
