/** An access that the shadow forbade. */
export interface Violation {
  /** The instruction; the start of its block for locked, SSE and fxsave instructions. */
  readonly rip: bigint;
  /** Guest-physical. */
  readonly address: number;
  /** Bytes. */
  readonly size: number;
  readonly access: "read" | "write";
  /** The shadow byte that forbade it. */
  readonly shadow: number;
}

/** Native checks of every memory access. */
export interface Checks {
  /**
   * One byte for each 8 bytes of guest-physical memory: 0 when all may be accessed, 1..7 when only the first so
   * many, 128..255 when none. Snapshots put it back for frames marked in `hostDirty`.
   */
  readonly shadow: Uint8Array;
  /** "stop": `resume` returns STOP.CHECK, in the middle of the instruction. At first: "record". */
  onViolation(act: "record" | "stop"): void;
  /** How many there were since `clear`. */
  count(): number;
  /** The first 256 of them. */
  violations(): Violation[];
  clear(): void;
}

const COUNT = 0;
const STOP_FLAG = 1;
const FIRST = 2;
const FIELDS = 3;

export const createChecks = (shadow: ArrayBuffer, ring: ArrayBuffer): Checks => {
  const fields = new BigUint64Array(ring);
  const limit = Math.floor((fields.length - FIRST) / FIELDS);
  const count = (): number => Number(fields[COUNT]);
  const violation = (index: number): Violation => {
    const at = FIRST + index * FIELDS;
    const access = Number(fields[at + 2]);
    return {
      rip: fields[at] ?? 0n,
      address: Number(fields[at + 1]),
      size: access & 0xff,
      access: (access & 0x100) === 0 ? "read" : "write",
      shadow: (access >> 16) & 0xff,
    };
  };
  return {
    shadow: new Uint8Array(shadow),
    onViolation(act) {
      fields[STOP_FLAG] = act === "stop" ? 1n : 0n;
    },
    count,
    violations: () => Array.from({ length: Math.min(limit, count()) }, (_, index) => violation(index)),
    clear() {
      fields[COUNT] = 0n;
    },
  };
};
