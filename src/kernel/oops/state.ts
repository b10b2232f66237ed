import type { ByteString } from "../../base/bytes.ts";
import type { PtRegs } from "./registers.ts";
import type { Incident, Site } from "./incident.ts";

/** What stays between reports. */
export interface OopsState {
  /** How many times the kernel died so far. */
  dies: number;
  /** The first death's registers, which every death repeats at its end. */
  summary: Summary | undefined;
  /** Set while a stub's BUG() is on its way through the executor. */
  trap: Trap | undefined;
  panicked: boolean;
  /** Place of the last sleep-in-atomic finding: the scheduler's complaint about it is no second one. */
  slept: ByteString | undefined;
  /** How often each kind of thing was found at each place. */
  readonly found: Record<string, number>;
  /** Things said once a boot. */
  readonly said: Record<string, true>;
}

export interface Summary {
  readonly regs: PtRegs;
  readonly place: ByteString;
  readonly site: Site | undefined;
}

/** What a stub threw: its report comes when the executor asks what to do. */
export type Trap = { readonly kind: "bug"; readonly incident: Incident } | { readonly kind: "panic" };

export const createOopsState = (): OopsState => ({
  dies: 0,
  summary: undefined,
  trap: undefined,
  panicked: false,
  slept: undefined,
  found: {},
  said: {},
});
