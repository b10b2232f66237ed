import type { Engine } from "unicorn-engine";
import { createJournal } from "../../kernel/journal.ts";
import { createRandom } from "../../kernel/random.ts";
import { type Crash, crashKey } from "./crash.ts";
import type { Harness } from "./harness.ts";
import { EMPTY, type FuzzInput, inputText } from "./input.ts";
import { minimise } from "./minimise.ts";
import { mutate, seedInputs } from "./mutate.ts";

/** An input that showed something new, and the execution that found it. */
export interface Discovery {
  readonly execution: number;
  readonly input: FuzzInput;
}

export interface CrashDiscovery extends Discovery {
  readonly key: string;
  readonly crash: Crash;
}

/** What a number of executions found. */
export interface Round {
  readonly inputs: readonly Discovery[];
  readonly crashes: readonly CrashDiscovery[];
  /** Edges known by now. */
  readonly edges: number;
}

/** Coverage-guided fuzzing in this process. The same seed and the same offers are the same session. */
export interface FuzzSession {
  /** Executes an input and keeps it if it shows new edges (from the disk, from another worker). */
  offer(input: FuzzInput): void;
  /** Executions number `first` to `first + count - 1`. */
  round(first: number, count: number): Round;
  readonly corpus: readonly FuzzInput[];
}

export interface SessionOptions {
  readonly seed: number;
  /** Distinguishes workers that share a seed. */
  readonly worker: number;
  /** Crashes that need no more examples. */
  readonly knownCrashes?: Iterable<string>;
}

/** Executions a crash may take to be made smaller. */
const MINIMISE_EXECUTIONS = 300;

/**
 * A different stream of random numbers for every execution: a session can go on from any of them.
 * Of such a number 64 bits count, so each seed is spread over all of them; the usual one, 1, is 0.
 */
const streamsOf = ({ seed, worker }: SessionOptions): ((execution: number) => bigint) => {
  const first = BigInt.asUintN(64, BigInt(seed - 1) * 0x9e37_79b9_7f4a_7c15n) ^ (BigInt(worker) << 48n);
  return (execution) => first ^ BigInt(execution);
};

interface State {
  edges: number;
  readonly corpus: FuzzInput[];
  readonly texts: Set<string>;
  readonly crashes: Set<string>;
}

export const createSession = (engine: Engine, harness: Harness, options: SessionOptions): FuzzSession => {
  const { coverage } = engine;
  const random = createRandom(createJournal(), 0n);
  const streamOf = streamsOf(options);
  const seeds = seedInputs(harness.knowledge);
  const state: State = {
    edges: 0,
    corpus: [],
    texts: new Set(),
    crashes: new Set(options.knownCrashes ?? []),
  };
  coverage.reset();
  coverage.start();

  const uncounted = <T>(act: () => T): T => {
    coverage.stop();
    try {
      return act();
    } finally {
      coverage.start();
    }
  };
  /** Executes it; whether it is worth keeping. */
  const execute = (input: FuzzInput): { fresh: boolean; crashes: readonly Crash[] } => {
    const { crashes } = harness.execute(input);
    const edges = coverage.newEdges();
    state.edges += edges;
    if (edges === 0 && crashes.length === 0) return { fresh: false, crashes };
    // Something new: how does it end? Only what stays in the corpus may count, else resuming differs.
    const examined = edges > 0 ? harness.examine(input) : uncounted(() => harness.examine(input));
    state.edges += coverage.newEdges();
    return { fresh: edges > 0, crashes: [...crashes, ...examined.crashes] };
  };
  const keep = (input: FuzzInput): boolean => {
    const text = inputText(input);
    if (state.texts.has(text)) return false;
    state.texts.add(text);
    state.corpus.push(input);
    return true;
  };
  const small = (input: FuzzInput, key: string): FuzzInput =>
    uncounted(() =>
      minimise(
        input,
        (candidate) => harness.examine(candidate).crashes.some((crash) => crashKey(crash) === key),
        MINIMISE_EXECUTIONS,
      ),
    );
  const next = (execution: number): FuzzInput => {
    const seed = seeds[execution];
    if (seed !== undefined) return seed;
    random.reseed(streamOf(execution));
    const choose = (): FuzzInput => state.corpus[random.below(state.corpus.length)] ?? seeds[0] ?? EMPTY;
    return mutate(choose(), choose(), random, harness.knowledge);
  };

  return {
    offer(input) {
      if (execute(input).fresh) keep(input);
    },
    round(first, count) {
      const inputs: Discovery[] = [];
      const crashes: CrashDiscovery[] = [];
      for (let execution = first; execution < first + count; execution += 1) {
        const input = next(execution);
        const result = execute(input);
        if (result.fresh && keep(input)) inputs.push({ execution, input });
        for (const crash of result.crashes) {
          const key = crashKey(crash);
          if (state.crashes.has(key)) continue;
          state.crashes.add(key);
          crashes.push({ execution, input: small(input, key), key, crash });
        }
      }
      return { inputs, crashes, edges: state.edges };
    },
    get corpus() {
      return state.corpus;
    },
  };
};
