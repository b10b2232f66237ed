import type { Address } from "../base/address.ts";

/** Run guest code at `fn` on the current task's stack, SysV convention; answers with RAX (a bigint). */
export interface GuestCall {
  readonly kind: "call";
  readonly fn: Address;
  readonly args: readonly (number | bigint)[];
}

/** The current task gives up the CPU until it is woken or virtual time reaches `deadline`. */
export interface Block {
  readonly kind: "block";
  /** Virtual nanoseconds since boot, or undefined for no limit. */
  readonly deadline: number | undefined;
  /** For deadlock and hang reports: what it waits for, e.g. "mutex 0xffffffffc0203080". */
  readonly reason: string;
  readonly interruptible: boolean;
}

/** The current task stays runnable but lets others go first (cond_resched, yield). */
export interface Yield {
  readonly kind: "yield";
  /** A stub that has done nothing yet: enter it again afterwards. */
  readonly again?: boolean;
}

/**
 * Host code that may run guest code or wait. Stubs that call the guest, system calls and host
 * programs are routines. Write `yield* k.call(fn, a, b)`, `yield block(...)`.
 */
export type Routine<T> = Generator<GuestCall | Block | Yield, T, bigint>;

const guestCall = (fn: Address, args: readonly (number | bigint)[]): GuestCall => ({
  kind: "call",
  fn,
  args,
});

export function* callGuest(fn: Address, ...args: readonly (number | bigint)[]): Routine<bigint> {
  return yield guestCall(fn, args);
}

export const block = (
  reason: string,
  options: { deadline?: number | undefined; interruptible?: boolean } = {},
): Block => ({
  kind: "block",
  reason,
  deadline: options.deadline,
  interruptible: options.interruptible ?? false,
});

export const isBlock = (answer: Block | number | bigint | boolean | undefined): answer is Block =>
  typeof answer === "object";

/** Tries again after each wait, until there is an answer. */
export function* untilAnswered<T extends number | boolean | undefined>(attempt: () => Block | T): Routine<T> {
  for (;;) {
    const answer = attempt();
    if (!isBlock(answer)) return answer;
    yield answer;
  }
}
