import type { Binder, FallibleFunction } from "../stub/bind.ts";
import type { Failure } from "../stub/declare.ts";
import { listen } from "../stub/listen.ts";

/** Giving back must not be made to fail: the resource would be lost through no fault of the module's. */
const mayFail = ({ stub: { fails, acquires, releases } }: FallibleFunction): boolean =>
  fails.length > 0 && (releases === undefined || acquires !== undefined);

/** `choose` is told of each call that can be made to fail, and says how it fails, if it does. */
export const onFallibleCalls = (
  { hooks }: Binder,
  choose: (call: FallibleFunction) => Failure | undefined,
): void => {
  listen(hooks, { inject: (call) => (mayFail(call) ? choose(call) : undefined) });
};
