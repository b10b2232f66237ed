import type { Sandbox } from "../../sandbox.ts";
import { openLedger } from "../ledger/ledger.ts";
import { watchHeap } from "../sanitizers/heap.ts";
import type { Sanitizer } from "../sanitizers/sanitizers.ts";
import { freshMemory } from "../sanitizers/uninitialised.ts";
import { createInjector } from "./injector.ts";
import type { Bench } from "./life.ts";

/** Everything that watches a sandbox's modules; "heap" needs one made with `checks`. */
export const createBench = (sandbox: Sandbox, sanitizers: ReadonlySet<Sanitizer>): Bench => {
  const { kernel, binder } = sandbox;
  const ledger = openLedger(kernel, binder);
  if (sanitizers.has("heap")) watchHeap(sandbox, ledger);
  return {
    sandbox,
    ledger,
    injector: createInjector(kernel, binder),
    fresh: sanitizers.has("uninitialised") ? freshMemory(sandbox) : undefined,
  };
};
