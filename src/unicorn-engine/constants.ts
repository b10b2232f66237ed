/** Indices into `Engine.registers`. */
export const REG = {
  RAX: 0,
  RCX: 1,
  RDX: 2,
  RBX: 3,
  RSP: 4,
  RBP: 5,
  RSI: 6,
  RDI: 7,
  R8: 8,
  R9: 9,
  R10: 10,
  R11: 11,
  R12: 12,
  R13: 13,
  R14: 14,
  R15: 15,
  RIP: 16,
  RFLAGS: 17,
} as const;

export const REG_COUNT = 18;

/** Why `resume` came back. */
export const STOP = {
  /** A `hlt`; RIP is behind it. */
  HLT: 0,
  /** A fault, trap or software interrupt: see `Engine.stop`. RIP is where the CPU would push it. */
  EXCEPTION: 1,
  /** `counters[2]` instructions have been executed; RIP is the next one. */
  BUDGET: 2,
  /** The deadline has passed; RIP is the next instruction. */
  WALL_CLOCK: 3,
  /** The library refused: `Engine.stop.engineError`. */
  ENGINE_ERROR: 4,
  /** The library crashed: `Engine.stop.signal`. Every later call throws. */
  FATAL: 5,
  /** An access that the shadow forbids, where the checks are told to stop. */
  CHECK: 6,
} as const;

export const RESUME = {
  /** Write all registers before running; without it only RAX. */
  ALL: 1,
} as const;

/** Indices into `Engine.counters`. */
export const COUNTER = {
  /** Instructions executed since the engine was made, or since the host wrote another number here. */
  INSTRUCTIONS: 0,
  BLOCKS: 1,
  /** `resume` stops before the first block that starts with at least so many INSTRUCTIONS; Infinity: never. */
  INSTRUCTION_LIMIT: 2,
  /** `resume` stops when `process.hrtime`, in milliseconds, passes this; looked at every 16,384 instructions. */
  DEADLINE: 3,
  /** Edges that coverage has seen for the first time since `coverage.reset`. */
  NEW_EDGES: 4,
  /** `snapshotRestore` looks at marks in `hostDirty` up to this frame only (rounded up to 128). */
  FRAME_LIMIT: 5,
  /** The same for the first frame (rounded down to 128). */
  FRAME_FIRST: 6,
} as const;
