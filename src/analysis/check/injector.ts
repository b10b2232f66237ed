import { representationOf } from "../../abi/calls.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import type { Binder, FallibleFunction } from "../../stub/bind.ts";
import type { Failure } from "../../stub/declare.ts";
import { onFallibleCalls } from "../fallible.ts";
import { type StackFrame, type Stacks, createStacks } from "../ledger/stacks.ts";
import { type FailSpec, functionsOf } from "./spec.ts";

/** A call that could have failed. */
export interface FallibleCall {
  readonly symbol: string;
  /** The nth call of that function, from 1. */
  readonly nth: number;
  readonly failures: readonly Failure[];
  /** Its result is a pointer, and may be NULL or an error pointer. */
  readonly givesPointer: boolean;
  /** Empty in a run that fails other calls. */
  readonly stack: readonly StackFrame[];
  /** How it was made to fail. */
  readonly failed: Failure | undefined;
}

/**
 * Which calls count. `init`: those of the task that runs init, and of what it calls. `all`: also those
 * of threads, timers, interrupts, file operations and exit.
 */
export type Scope = "init" | "all";

export interface Injector {
  /** Counts from here on, once `started` holds, and fails what `specs` say. */
  begin(specs: readonly FailSpec[], scope: Scope, started?: () => boolean): void;
  /** Init is over: from now on only scope "all" counts. */
  afterInit(): void;
  /** Stops counting and failing. */
  end(): void;
  /** Calls counted since `begin`, in their order. */
  calls(): readonly FallibleCall[];
  readonly stacks: Stacks;
}

/** More calls than anybody would try one by one. */
const MOST_CALLS = 20_000;

const givesPointer = ({ prototype }: FallibleFunction): boolean =>
  prototype !== undefined && representationOf(prototype.result) === "pointer";

const always = (): boolean => true;

export const createInjector = (k: Kernel, binder: Binder): Injector => {
  const stacks = createStacks(k);
  // Not the kernel's state: a run sets it anew when it begins.
  const state: {
    specs: readonly FailSpec[];
    scope: Scope;
    started: () => boolean;
    phase: "off" | "init" | "later";
    calls: FallibleCall[];
    readonly counts: Map<string, number>;
  } = { specs: [], scope: "init", started: always, phase: "off", calls: [], counts: new Map() };

  const counted = (): boolean => {
    if (state.phase === "off" || !state.started()) return false;
    if (state.scope === "all") return true;
    return state.phase === "init" && k.executor.current()?.comm === "insmod";
  };
  const specFor = (symbol: string): FailSpec | undefined =>
    state.specs.find((spec) => {
      const functions = functionsOf(spec.symbol);
      if (!functions.includes(symbol)) return false;
      return functions.reduce((sum, each) => sum + (state.counts.get(each) ?? 0), 0) === spec.nth;
    });
  const inject = (call: FallibleFunction): Failure | undefined => {
    const { name, stub } = call;
    if (!counted()) return undefined;
    const nth = (state.counts.get(name) ?? 0) + 1;
    state.counts.set(name, nth);
    const failed = specFor(name)?.failure;
    if (state.calls.length < MOST_CALLS) {
      const stack = state.specs.length === 0 || failed !== undefined ? stacks.capture() : [];
      state.calls.push({
        symbol: name,
        nth,
        failures: stub.fails,
        givesPointer: givesPointer(call),
        stack,
        failed,
      });
    }
    return failed;
  };
  onFallibleCalls(binder, inject);

  return {
    begin(specs, scope, started = always) {
      Object.assign(state, { specs, scope, started, phase: "init", calls: [] });
      state.counts.clear();
    },
    afterInit() {
      state.phase = "later";
    },
    end() {
      state.phase = "off";
    },
    calls: () => state.calls,
    stacks,
  };
};
