import type { NativeEngine } from "./addon.ts";
import { COUNTER } from "./constants.ts";

/** What the guest has executed, counted natively. Off, and then free, until `start`. */
export interface Coverage {
  start(): void;
  /** Keeps what was counted. */
  stop(): void;
  /** Forgets all that was counted. */
  reset(): void;
  /** Edges seen for the first time since the last call (or `reset`). */
  newEdges(): number;
  /** Hits of each edge, up to 255; an edge's place is a hash of its two blocks. */
  readonly map: Uint8Array;
  /** Addresses of the blocks executed since `reset`, in order of first execution; sign-extended, exact. */
  blocks(): Float64Array;
}

export const createCoverage = (native: NativeEngine, counters: Float64Array): Coverage => {
  const seen = { edges: 0 };
  return {
    start: native.coverageStart,
    stop: native.coverageStop,
    reset() {
      native.coverageReset();
      seen.edges = 0;
    },
    newEdges() {
      const total = counters[COUNTER.NEW_EDGES] ?? 0;
      const fresh = total - seen.edges;
      seen.edges = total;
      return fresh;
    },
    map: new Uint8Array(native.edges),
    blocks: () => Float64Array.from(new BigInt64Array(native.coverageBlocks()), Number),
  };
};
