import type { Around, BootAround } from "./around.ts";
import { type CoveredBlock, coveredBlocks } from "./covered.ts";
import type { Sanitizer } from "../sanitizers/sanitizers.ts";
import { createHarness } from "./harness.ts";
import type { FuzzInput } from "./input.ts";
import { type FuzzSession, type Round, createSession } from "./session.ts";
import { parseTarget } from "./target.ts";

/** All that a worker needs to begin; plain data, so that it can be sent to another process. */
export interface WorkerJob {
  readonly bytes: Uint8Array;
  readonly parameters: string;
  readonly target: string;
  readonly kernel: string | undefined;
  readonly ram: number;
  readonly seed: number;
  /** 0 for the first of several. */
  readonly worker: number;
  readonly knownCrashes: readonly string[];
  readonly sanitizers: ReadonlySet<Sanitizer>;
  readonly around: Around;
}

/** What a worker is told, and what it answers, one answer each. */
export type WorkerRequest =
  | { readonly kind: "start"; readonly job: WorkerJob; readonly corpus: readonly FuzzInput[] }
  | {
      readonly kind: "round";
      readonly offers: readonly FuzzInput[];
      readonly first: number;
      readonly count: number;
    }
  | { readonly kind: "coverage" };

export type WorkerAnswer =
  | { readonly kind: "ready"; readonly files: readonly string[]; readonly corpus: number }
  | { readonly kind: "round"; readonly round: Round; readonly corpus: number }
  | { readonly kind: "coverage"; readonly blocks: readonly CoveredBlock[] };

export interface Worker {
  answer(request: WorkerRequest): WorkerAnswer;
}

/** A worker in this process; it starts a sandbox at its first request. */
export const createWorker = (boot: BootAround): Worker => {
  let started: { readonly session: FuzzSession; readonly blocks: () => readonly CoveredBlock[] } | undefined;
  const start = (job: WorkerJob, corpus: readonly FuzzInput[]): readonly string[] => {
    const { bytes, parameters, kernel, ram, around } = job;
    const sandbox = boot({ kernel, ram, checks: job.sanitizers.has("heap") }, around);
    const harness = createHarness(sandbox, { bytes, parameters }, parseTarget(job.target), job.sanitizers);
    const { engine } = sandbox.kernel.machine;
    const session = createSession(engine, harness, job);
    for (const input of corpus) session.offer(input);
    started = { session, blocks: () => coveredBlocks(engine.coverage, harness.code) };
    return harness.knowledge.files;
  };
  const running = (): NonNullable<typeof started> => {
    if (started === undefined) throw new Error("a worker was asked before it was started");
    return started;
  };
  return {
    answer(request) {
      switch (request.kind) {
        case "start": {
          const files = start(request.job, request.corpus);
          return { kind: "ready", files, corpus: running().session.corpus.length };
        }
        case "round": {
          const { session } = running();
          for (const input of request.offers) session.offer(input);
          const round = session.round(request.first, request.count);
          return { kind: "round", round, corpus: session.corpus.length };
        }
        case "coverage":
          return { kind: "coverage", blocks: running().blocks() };
      }
    },
  };
};
