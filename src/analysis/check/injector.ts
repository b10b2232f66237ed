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

interface State {
  specs: readonly FailSpec[];
  scope: Scope;
  started: () => boolean;
  phase: "off" | "init" | "later";
  calls: FallibleCall[];
  /** Calls so far, by function. */
  readonly counts: Map<string, number>;
}

const counts = (k: Kernel, { phase, started, scope }: State): boolean => {
  if (phase === "off" || !started()) return false;
  return scope === "all" || (phase === "init" && k.executor.current()?.comm === "insmod");
};

/** How this call of `symbol`, the last counted, is to fail. */
const chosenFailure = ({ specs, counts }: State, symbol: string): Failure | undefined =>
  specs.find((spec) => {
    const functions = functionsOf(spec.symbol);
    if (!functions.includes(symbol)) return false;
    return functions.reduce((sum, each) => sum + (counts.get(each) ?? 0), 0) === spec.nth;
  })?.failure;

/** Counts the call; how it is to fail, if it is. */
const count = (state: State, call: FallibleFunction, stacks: Stacks): Failure | undefined => {
  const { name, stub } = call;
  const nth = (state.counts.get(name) ?? 0) + 1;
  state.counts.set(name, nth);
  const failed = chosenFailure(state, name);
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

export const createInjector = (k: Kernel, binder: Binder): Injector => {
  const stacks = createStacks(k);
  // Not the kernel's state: a run sets it anew when it begins.
  const state: State = {
    specs: [],
    scope: "init",
    started: always,
    phase: "off",
    calls: [],
    counts: new Map(),
  };
  onFallibleCalls(binder, (call) => (counts(k, state) ? count(state, call, stacks) : undefined));
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
