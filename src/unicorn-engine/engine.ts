import type { NativeEngine } from "./addon.ts";
import { type Checks, createChecks } from "./checks.ts";
import { type Coverage, createCoverage } from "./coverage.ts";

export interface EngineOptions {
  /**
   * Bytes of guest-physical memory: a multiple of 4096, up to 4 GiB. Untouched pages cost nothing, but from
   * 64 MiB on V8 collects garbage when an engine is made (some milliseconds).
   */
  readonly ramSize: number;
  /** Check every memory access against `Engine.checks.shadow`; about fifteen times slower. */
  readonly checks?: boolean;
}

/** Details of the last stop; read them before the next `resume`. */
export interface Stop {
  /** EXCEPTION: the vector, 0..255. */
  readonly vector: number;
  /** EXCEPTION: the error code; 0 for vectors without one. */
  readonly errorCode: number;
  /** EXCEPTION 14: the address that faulted. */
  readonly cr2: bigint;
  /** ENGINE_ERROR: Unicorn's `uc_err`. */
  readonly engineError: number;
  /** FATAL: the signal's number. */
  readonly signal: number;
}

export interface ControlState {
  /** Physical address of the top page table. The first write also turns paging and long mode on. */
  readonly cr3?: bigint;
  readonly fsBase?: bigint;
  readonly gsBase?: bigint;
  readonly kernelGsBase?: bigint;
}

export interface FullControlState extends Required<ControlState> {
  readonly cr0: bigint;
  readonly cr4: bigint;
  readonly efer: bigint;
}

/** The whole CPU at one moment, without memory: registers, flags, FPU and SSE state, control registers. */
export interface Context {
  /** Makes it the CPU's state; `registers` are read again. */
  restore(): void;
  /** It cannot be used afterwards. */
  free(): void;
}

/**
 * One emulated x86-64 CPU and its memory. Not re-entrant; belongs to the thread that made it.
 * Functions throw an Error with `code` ERR_ENGINE_CLOSED after `close`, ERR_ENGINE_DEAD after STOP.FATAL and
 * ERR_ARGUMENT for arguments that make no sense.
 */
export interface Engine {
  /** Unicorn's version. */
  readonly version: string;
  /** Guest-physical memory. Writers must mark the frame in `hostDirty`. */
  readonly ram: ArrayBuffer;
  /** RAX..R15 in the CPU's order, RIP, RFLAGS: see REG. */
  readonly registers: BigUint64Array;
  readonly stop: Stop;
  /** See COUNTER. Plain numbers: write a limit before `resume`, read a count after it. */
  readonly counters: Float64Array;
  /** One byte a frame: set it to 1 when the host writes to the frame. */
  readonly hostDirty: Uint8Array;
  /**
   * Runs until something stops it; returns a STOP. `flags`: RESUME. Without RESUME.ALL only RAX is written and
   * the CPU goes on where it stopped. All registers are read afterwards.
   */
  readonly resume: (flags: number) => number;
  readonly setControl: (state: ControlState) => void;
  readonly control: () => FullControlState;
  /** Needed after a mapping was removed or lost permissions; not after one was added or gained some. */
  readonly flushTlb: () => void;
  /** Needed after host code changed code at this virtual address, mapped executable or not. */
  readonly invalidateCode: (address: number | bigint, length: number) => void;
  /** Remembers memory and CPU; replaces an earlier snapshot. */
  readonly snapshotTake: () => void;
  /** Goes back to the snapshot, which stays; returns the number of pages copied. Registers are read again. */
  readonly snapshotRestore: () => number;
  readonly snapshotDrop: () => void;
  readonly saveContext: () => Context;
  readonly coverage: Coverage;
  /** Of an engine made with `checks`. */
  readonly checks: Checks | undefined;
  /** Frees the CPU and empties the memory. Every later call throws. */
  readonly close: () => void;
}

const CONTROLS = { cr3: 0, fsBase: 1, gsBase: 2, kernelGsBase: 3, cr0: 4, cr4: 5, efer: 6 } as const;
const WRITABLE = ["cr3", "fsBase", "gsBase", "kernelGsBase"] as const;

const stopView = (fields: BigUint64Array): Stop => ({
  get vector() {
    return Number(fields[0]);
  },
  get errorCode() {
    return Number(fields[1]);
  },
  get cr2() {
    return fields[2] ?? 0n;
  },
  get engineError() {
    return Number(fields[3]);
  },
  get signal() {
    return Number(fields[4]);
  },
});

const readControl = (native: NativeEngine): FullControlState => {
  const read = (name: keyof typeof CONTROLS): bigint => native.getControl(CONTROLS[name]);
  return {
    cr3: read("cr3"),
    fsBase: read("fsBase"),
    gsBase: read("gsBase"),
    kernelGsBase: read("kernelGsBase"),
    cr0: read("cr0"),
    cr4: read("cr4"),
    efer: read("efer"),
  };
};

const saveContext = (native: NativeEngine): Context => {
  const slots = [native.saveContext()];
  const slot = (): number => {
    const [saved] = slots;
    if (saved === undefined) throw new Error("this saved context was freed");
    return saved;
  };
  return {
    restore: () => native.restoreContext(slot()),
    free() {
      native.freeContext(slot());
      slots.pop();
    },
  };
};

/** The typed engine over the addon's. */
export const wrapEngine = (native: NativeEngine, version: string): Engine => {
  const counters = new Float64Array(native.counters);
  const { shadow, violations } = native;
  return {
    version,
    ram: native.ram,
    registers: new BigUint64Array(native.registers),
    stop: stopView(new BigUint64Array(native.stop)),
    counters,
    hostDirty: new Uint8Array(native.hostDirty),
    resume: native.resume,
    setControl(state) {
      for (const name of WRITABLE) {
        const value = state[name];
        if (value !== undefined) native.setControl(CONTROLS[name], value);
      }
    },
    control: () => readControl(native),
    flushTlb: native.flushTlb,
    invalidateCode: native.invalidateCode,
    snapshotTake: native.snapshotTake,
    snapshotRestore: native.snapshotRestore,
    snapshotDrop: native.snapshotDrop,
    saveContext: () => saveContext(native),
    coverage: createCoverage(native, counters),
    checks: shadow === undefined || violations === undefined ? undefined : createChecks(shadow, violations),
    close: native.close,
  };
};
