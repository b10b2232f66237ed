import type { Kernel } from "../../kernel/kernel.ts";
import type { BoundStub } from "../../stub/bind.ts";
import type { Failure } from "../../stub/declare.ts";
import { listen } from "../../stub/listen.ts";
import type { Sandbox } from "../../sandbox.ts";
import type { Fault } from "./input.ts";

/** Makes calls fail by number. State is set anew for each execution. */
export interface FaultPlan {
  start(faults: readonly Fault[]): void;
  /** No failures from here on. */
  stop(): void;
  /** The most fallible calls that there were between a start and a stop. */
  most(): number;
}

export const createFaultPlan = ({ binder }: Sandbox): FaultPlan => {
  const state: { seen: number; most: number; active: boolean; choices: ReadonlyMap<number, number> } = {
    seen: 0,
    most: 0,
    active: false,
    choices: new Map(),
  };
  listen(binder.hooks, {
    inject({ stub: { fails } }: BoundStub): Failure | undefined {
      if (!state.active) return undefined;
      const choice = state.choices.get(state.seen);
      state.seen += 1;
      return choice === undefined ? undefined : fails[choice % fails.length];
    },
  });
  return {
    start(faults) {
      state.seen = 0;
      state.active = true;
      state.choices = new Map(faults.map(({ call, choice }) => [call, choice]));
    },
    stop() {
      state.active = false;
      state.most = Math.max(state.most, state.seen);
    },
    most: () => state.most,
  };
};

/** Other random numbers for the guest, until the next restore. */
export const reseed = (k: Kernel, chance: number): void => {
  if (chance !== 0) k.random.reseed(BigInt(chance));
};
