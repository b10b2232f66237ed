import type { ArgumentRecord } from "./bind.ts";
import type { Stub } from "./declare.ts";
import type { Kernel } from "../kernel/kernel.ts";

/**
 * Runs another plain stub's body, for functions that the kernel builds from others. What it would
 * announce (calls, resources) it does not; what it answers is as its handler answers.
 */
export const within = (k: Kernel, { handler }: Stub, args: ArgumentRecord): unknown =>
  handler(k, args as never, undefined as never);
