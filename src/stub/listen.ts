import type { StubHooks } from "./bind.ts";

const chain = <A extends readonly unknown[]>(
  first: ((...args: A) => void) | undefined,
  second: ((...args: A) => void) | undefined,
): ((...args: A) => void) | undefined => {
  if (first === undefined || second === undefined) return first ?? second;
  return (...args) => {
    first(...args);
    second(...args);
  };
};

/** Adds a watcher to those that are there; the first that injects a failure has its way. */
export const listen = (hooks: StubHooks, added: StubHooks): void => {
  hooks.call = chain(hooks.call, added.call);
  hooks.result = chain(hooks.result, added.result);
  hooks.sleep = chain(hooks.sleep, added.sleep);
  const [first, second] = [hooks.inject, added.inject];
  hooks.inject =
    first === undefined || second === undefined ? (first ?? second) : (call) => first(call) ?? second(call);
};
