import type { ChildProcess } from "node:child_process";
import { KoboxError } from "../../base/errors.ts";
import { type WorkerLink, WorkerDeath } from "../../analysis/fuzz/pool.ts";
import { deathOf, launchIsolated, memoryFor } from "../isolate/launch.ts";
import type { WorkerAnswer, WorkerRequest } from "../../analysis/fuzz/worker.ts";

/** What a worker process sends: an answer, or why it has none. */
export type WorkerMessage =
  | { readonly answer: WorkerAnswer }
  | { readonly refused: { readonly code: string; readonly message: string; readonly hint?: string } };

/** No round takes so long: the process hangs. */
const PATIENCE_MS = 300_000;

const exchange = (child: ChildProcess, request: WorkerRequest): Promise<WorkerAnswer> =>
  new Promise((resolve, reject) => {
    const over = (): void => {
      clearTimeout(timer);
      child.off("message", heard);
      child.off("exit", died);
    };
    const heard = (message: WorkerMessage): void => {
      over();
      if ("answer" in message) resolve(message.answer);
      else {
        const { code, message: text, hint } = message.refused;
        reject(new KoboxError(code, text, hint === undefined ? {} : { hint }));
      }
    };
    const died = (code: number | null, signal: string | null): void => {
      over();
      reject(new WorkerDeath(`a worker ${deathOf(code, signal)}`));
    };
    const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
    child.on("message", heard);
    child.on("exit", died);
    child.send(request);
  });

/**
 * A worker in a process of its own: whatever the module does to the engine, this process lives on.
 * `guest`: MiB of its memory; `readable`: files it needs besides kobox's own.
 */
export const connectWorker = (guest: number, readable: readonly string[]): WorkerLink => {
  const child = launchIsolated("fuzz-worker", { memory: memoryFor(guest), readable }, "ignore");
  return {
    ask: (request) => exchange(child, request),
    stop() {
      child.kill("SIGKILL");
    },
  };
};
