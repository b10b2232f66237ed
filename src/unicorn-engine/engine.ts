import type { NativeEngine } from "./addon.ts";

export interface EngineOptions {
  /** Bytes of guest-physical memory: a multiple of 4096, up to 4 GiB. Untouched pages cost nothing. */
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

/** One emulated x86-64 CPU and its memory. Not re-entrant; belongs to the thread that made it. */
export interface Engine {
  /** Unicorn's version. */
  readonly version: string;
  /** Guest-physical memory. Writers must mark the frame in `hostDirty`. */
  readonly ram: ArrayBuffer;
  /** RAX..R15 in the CPU's order, RIP, RFLAGS: see REG. */
  readonly registers: BigUint64Array;
  readonly stop: Stop;
  /** 0: instructions executed, 1: blocks executed, 2: instruction limit, 3: deadline in ms of `process.hrtime`. */
  readonly counters: Float64Array;
  /** One byte a frame: set it when the host writes to the frame. */
  readonly hostDirty: Uint8Array;
  /** Runs until something stops it; returns a STOP. `flags`: RESUME. */
  readonly resume: (flags: number) => number;
  readonly setControl: (state: ControlState) => void;
  readonly control: () => Required<ControlState> & {
    readonly cr0: bigint;
    readonly cr4: bigint;
    readonly efer: bigint;
  };
  /** After a mapping was removed or lost permissions. */
  readonly flushTlb: () => void;
  /** After host code changed guest code at this virtual address. */
  readonly invalidateCode: (address: number | bigint, length: number) => void;
  /** Remembers memory and CPU; replaces an earlier snapshot. */
  readonly snapshotTake: () => void;
  /** Goes back to the snapshot, which stays; returns the number of pages copied. Registers are read again. */
  readonly snapshotRestore: () => number;
  readonly snapshotDrop: () => void;
  /** Frees the CPU. Every later call throws. */
  readonly close: () => void;
}

const CONTROLS = { cr3: 0, fsBase: 1, gsBase: 2, kernelGsBase: 3, cr0: 4, cr4: 5, efer: 6 } as const;

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

/** The typed engine over the addon's. */
export const wrapEngine = (native: NativeEngine, version: string): Engine => ({
  version,
  ram: native.ram,
  registers: new BigUint64Array(native.registers),
  stop: stopView(new BigUint64Array(native.stop)),
  counters: new Float64Array(native.counters),
  hostDirty: new Uint8Array(native.hostDirty),
  resume: native.resume,
  setControl(state) {
    for (const name of ["cr3", "fsBase", "gsBase", "kernelGsBase"] as const) {
      const value = state[name];
      if (value !== undefined) native.setControl(CONTROLS[name], value);
    }
  },
  control() {
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
  },
  flushTlb: native.flushTlb,
  invalidateCode: native.invalidateCode,
  snapshotTake: native.snapshotTake,
  snapshotRestore: native.snapshotRestore,
  snapshotDrop: native.snapshotDrop,
  close: native.close,
});
