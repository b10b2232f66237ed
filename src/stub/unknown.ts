import { RAX, namedPlacement, representationOf } from "../abi/calls.ts";
import { type FunctionType, parsePrototype } from "../abi/prototype.ts";
import { KoboxError } from "../base/errors.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { GFP_KERNEL } from "../kernel/memory/gfp.ts";
import { type Declared, type Failure, type Stub, registerStub } from "./declare.ts";
import { typedDefault } from "./typed-default.ts";

/** What happens when a module calls a function that has no stub: answer a guess, or end the run. */
export type UnknownPolicy = "guess" | "stop";

const GUESS = { partial: "a guess: only the type of its result is right" };

const guess = (k: Kernel, name: string): void => {
  k.findings.add({
    kind: "guessed-call",
    severity: "note",
    message: `${name}() has no stub: its result is a guess`,
    where: k.traces.stack(k.current)[0],
    stack: k.traces.stack(k.current),
  });
};

const stop = (k: Kernel, name: string): void => {
  k.stop({ kind: "unknown-symbol", message: `${name}() has no stub, and unknown symbols stop the run` });
};

/** Names of functions that take something; those that give it back have such a word in them, too. */
const TAKES = /(^|_)(register|alloc|create|request|add)(_|$)/;
const GIVES_BACK = /(^|_)(free|release|remove|del|destroy|put|exit|fini)(_|$)/;

/** How a function without a stub may fail, as far as its name and its result tell. */
export const guessedFailures = (name: string, { result }: FunctionType): readonly Failure[] => {
  if (!TAKES.test(name) || GIVES_BACK.test(name)) return [];
  // Of a pointer nobody knows whether it tells of failure by NULL or by ERR_PTR.
  return result.kind === "scalar" && result.representation === "s32" ? ["ENOMEM"] : [];
};

/** What such a function looks for is not there: else whoever asks for the next one never ends. */
const SEARCHES =
  /(^|_)(find|lookup|first|next)(_|$)|^(pci|pnp|acpi|usb)_get_(class|device|subsys|slot|domain)|^iommu_group_get/;

/**
 * Who may do something may, and what is tried succeeds. Other questions are about what a machine has: firmware,
 * hypervisors, quirks, somebody else in the way. There is nothing.
 */
const GRANTS = /(^|_)(capable|allow|usable|valid|trylock|add|del)(_|$)/;

type Seen = (k: Kernel, name: string) => void;

const untyped = (name: string, seen: Seen): Declared =>
  registerStub(
    name,
    (k, { u64 }) => {
      seen(k, name);
      u64[RAX] = 0n;
    },
    { level: GUESS },
  );

/** KoboxError when a call by that prototype cannot be decoded. */
const typed = (k: Kernel, name: string, prototype: string, seen: Seen): Stub => {
  const type = parsePrototype(prototype);
  // Typedefs and structures that no prototype of ours names cannot be decoded.
  namedPlacement(type);
  representationOf(type.result);
  const makeObject = (struct: string): number | undefined => {
    if (SEARCHES.test(name)) return undefined;
    const size = k.profile.struct(struct.replace(/^(struct|union) /, ""))?.size;
    return size === undefined || size === 0 ? undefined : k.heap.kmalloc(size, GFP_KERNEL);
  };
  const defaults = { makeObject, bool: GRANTS.test(name) };
  return {
    kind: "stub",
    name,
    aliases: [],
    level: GUESS,
    prototype,
    fails: guessedFailures(name, type),
    sleeps: undefined,
    acquires: undefined,
    releases: undefined,
    errPtr: false,
    handler(kernel) {
      seen(kernel, name);
      return typedDefault(type, defaults);
    },
  };
};

/** A declaration for an export without a stub, typed by the kernel's own prototype. */
export const declareUnknown = (k: Kernel, name: string, policy: UnknownPolicy): Declared => {
  const seen = policy === "stop" ? stop : guess;
  const prototype = k.profile.prototype(name);
  if (prototype === undefined) return untyped(name, seen);
  try {
    return typed(k, name, prototype, seen);
  } catch (error) {
    if (!(error instanceof KoboxError)) throw error;
    return untyped(name, seen);
  }
};
