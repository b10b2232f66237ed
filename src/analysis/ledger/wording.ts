import type { Related } from "../../kernel/events.ts";
import { kindOf } from "./kinds.ts";
import type { Held, Moment, Released } from "./books.ts";
import type { Stacks } from "./stacks.ts";

const VERBS = {
  memory: ["allocated", "freed"],
  registration: ["registered", "unregistered"],
  activity: ["started", "stopped"],
  reference: ["taken", "dropped"],
} as const;

const place = (stacks: Stacks, verb: string, { by, task, pid, stack }: Moment): Related => ({
  message: `${verb} by ${by}() in ${task}/${pid}`,
  stack: stacks.text(stack),
});

/** Where it was taken. */
export const acquiredPlace = (stacks: Stacks, { kind, acquired }: Held): Related =>
  place(stacks, VERBS[kindOf(kind).family][0], acquired);

/** Where it was given back. */
export const freedPlace = (stacks: Stacks, { held, released }: Released): Related =>
  place(stacks, VERBS[kindOf(held.kind).family][1], released);
