/** Signals of user processes (kernel/signal.c): what they do, and who handles them. */
import type { Kernel } from "../../kernel.ts";
import type { Process } from "../process.ts";

/** A signal whose default action ends the process was delivered. */
export class ProcessKilled extends Error {
  override readonly name = "ProcessKilled";
  readonly signal: number;

  constructor(signal: number) {
    super(`killed by signal ${signal}`);
    this.signal = signal;
  }
}

/** What a process does with its signals: masks of bits like `Task.pending`. */
export interface SignalActions {
  /** A handler runs. */
  handled: number;
  /** Of those, with SA_RESTART. */
  restart: number;
  ignored: number;
  /** Handled ones that came, until somebody asks. */
  caught: number;
}

export const newSignalActions = (): SignalActions => ({ handled: 0, restart: 0, ignored: 0, caught: 0 });

export const signalBit = (signal: number): number => 1 << (signal - 1);
const SIGKILL = 9;
const SIGSTOP = 19;

/** SIGCHLD, SIGCONT, the stop signals, SIGURG, SIGWINCH: nothing happens to a process that does not handle them. */
const HARMLESS = [17, 18, 19, 20, 21, 22, 23, 28].reduce((mask, signal) => mask | signalBit(signal), 0);
const UNSTOPPABLE = signalBit(SIGKILL) | signalBit(SIGSTOP);

/** Of the pending signals: the first that ends the process (0 for none), and those it handles. */
export const disposition = (
  { signals }: Process,
  pending: number,
): { readonly deadly: number; readonly handled: number } => {
  const handled = pending & signals.handled & ~UNSTOPPABLE;
  const deadly = pending & ~handled & ~HARMLESS & ~(signals.ignored & ~UNSTOPPABLE);
  return { deadly: deadly === 0 ? 0 : 32 - Math.clz32(deadly & -deadly), handled };
};

/** sig_ignored(): it is not even queued, so that nobody wakes. */
const ignores = ({ signals }: Process, signal: number): boolean => {
  const bit = signalBit(signal);
  if ((bit & UNSTOPPABLE) !== 0 || (bit & signals.handled) !== 0) return false;
  return ((signals.ignored | HARMLESS) & bit) !== 0;
};

/** Sends a signal as kill(2) and kill_fasync() do. */
export const sendSignal = (k: Kernel, pid: number, signal: number): void => {
  const target = k.tasks.find(pid);
  const process = k.processes.find(pid);
  if (target === undefined || signal === 0) return;
  if (process !== undefined && ignores(process, signal)) return;
  k.tasks.signal(target, signal);
};
