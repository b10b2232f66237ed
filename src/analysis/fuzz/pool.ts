import { crashKey } from "./crash.ts";
import type { CoveredBlock } from "./covered.ts";
import { type FuzzInput, inputText } from "./input.ts";
import type { CrashDiscovery } from "./session.ts";
import type { Store } from "./store.ts";
import type { WorkerAnswer, WorkerJob, WorkerRequest } from "./worker.ts";

/** A worker somewhere: one request at a time. Rejects with WorkerDeath when its process is gone. */
export interface WorkerLink {
  ask(request: WorkerRequest): Promise<WorkerAnswer>;
  stop(): void;
}

/** The process of a worker ended under it. */
export class WorkerDeath extends Error {}

export interface PoolOptions {
  /** Starts worker number N, for which `job` is made. */
  readonly connect: () => WorkerLink;
  readonly job: (worker: number, knownCrashes: readonly string[]) => WorkerJob;
  readonly workers: number;
  readonly store: Store;
  /** Executions each worker makes between two exchanges. */
  readonly roundSize: number;
  readonly onProgress: (status: PoolStatus) => void;
  readonly onCrash: (discovery: CrashDiscovery, path: string) => void;
  /** Looked at after each round. */
  readonly finished: (status: PoolStatus) => boolean;
}

export interface PoolStatus {
  /** Of all workers, earlier sessions included. */
  readonly executions: number;
  /** Of this session. */
  readonly ownExecutions: number;
  readonly edges: number;
  readonly corpus: number;
  readonly crashes: number;
  readonly deaths: number;
}

interface PoolWorker {
  link: WorkerLink;
  readonly number: number;
}

/** A death that repeats at once means that nothing can be done here. */
const MOST_DEATHS = 20;

/**
 * Workers that share a corpus. They exchange what they found after every round, in the order of
 * their numbers, so that the same seed and number of workers is the same session.
 */
export const runPool = async (
  options: PoolOptions,
): Promise<PoolStatus & { blocks: readonly CoveredBlock[] }> => {
  const { store, workers: count, roundSize } = options;
  const corpus: FuzzInput[] = [...store.corpus];
  const texts = new Set(corpus.map(inputText));
  const known = new Set(store.crashes.map(({ crash }) => crashKey(crash)));
  const started = Date.now();
  const state = { first: Math.floor(store.progress.executions / count), own: 0, edges: 0, deaths: 0 };

  const start = async (worker: PoolWorker): Promise<void> => {
    worker.link = options.connect();
    await begin(worker);
  };
  const begin = (worker: PoolWorker): Promise<unknown> =>
    worker.link.ask({ kind: "start", job: options.job(worker.number, [...known]), corpus });
  const workers = Array.from({ length: count }, (_, number): PoolWorker => ({
    number,
    link: options.connect(),
  }));
  const status = (): PoolStatus => ({
    executions: state.first * count,
    ownExecutions: state.own,
    edges: state.edges,
    corpus: corpus.length,
    crashes: known.size,
    deaths: state.deaths,
  });
  /** A worker's answer, or nothing where its process died: it starts anew behind the executions it did not survive. */
  const ask = async (worker: PoolWorker, offers: readonly FuzzInput[]): Promise<WorkerAnswer | undefined> => {
    try {
      return await worker.link.ask({ kind: "round", offers, first: state.first, count: roundSize });
    } catch (error) {
      if (!(error instanceof WorkerDeath) || state.deaths >= MOST_DEATHS) throw error;
      state.deaths += 1;
      await start(worker);
      return undefined;
    }
  };
  let offers: readonly (readonly FuzzInput[])[] = workers.map(() => []);
  const note = (answers: readonly (WorkerAnswer | undefined)[]): void => {
    const found = answers.map((answer) => (answer?.kind === "round" ? answer.round : undefined));
    for (const round of found) {
      for (const discovery of round?.inputs ?? []) {
        const text = inputText(discovery.input);
        if (texts.has(text)) continue;
        texts.add(text);
        corpus.push(discovery.input);
        store.addInput(discovery);
      }
      for (const discovery of round?.crashes ?? []) {
        if (known.has(discovery.key)) continue;
        known.add(discovery.key);
        options.onCrash(discovery, store.addCrash(discovery));
      }
      state.edges = Math.max(state.edges, round?.edges ?? 0);
    }
    offers = workers.map((_, self) =>
      found.flatMap((round, other) =>
        other === self ? [] : (round?.inputs ?? []).map(({ input }) => input),
      ),
    );
  };
  try {
    await Promise.all(workers.map(begin));
    while (!options.finished(status())) {
      const given = offers;
      note(await Promise.all(workers.map((worker, index) => ask(worker, given[index] ?? []))));
      state.first += roundSize;
      state.own += roundSize * count;
      const seconds = store.progress.seconds + (Date.now() - started) / 1000;
      store.setProgress({ executions: state.first * count, seconds });
      options.onProgress(status());
    }
    const covered = await Promise.all(workers.map(({ link }) => link.ask({ kind: "coverage" })));
    return { ...status(), blocks: mergeBlocks(covered) };
  } finally {
    for (const { link } of workers) link.stop();
  }
};

const mergeBlocks = (answers: readonly WorkerAnswer[]): readonly CoveredBlock[] => {
  const all = new Map<string, CoveredBlock>();
  for (const answer of answers) {
    if (answer.kind !== "coverage") continue;
    for (const block of answer.blocks) all.set(`${block.section} ${block.offset}`, block);
  }
  return [...all.values()];
};
