import type { Address } from "../base/address.ts";
import { displayText } from "../base/bytes.ts";
import { Errno, KoboxError } from "../base/errors.ts";
import type { StopReason } from "../kernel/kernel.ts";
import { MODULE_STATE, type Module as LoadedModule } from "../kernel/modules/module.ts";
import { moduleTaintLetters } from "../kernel/oops/taint.ts";
import type { Routine } from "../kernel/routine.ts";
import { O_NONBLOCK, O_TRUNC, type UserSystem } from "../kernel/user.ts";
import type { Sandbox } from "../sandbox.ts";
import { ensureRunning } from "./call.ts";
import { type Capabilities, capabilityMask } from "../base/capabilities.ts";
import { HangError, KilledError, ModuleError, StoppedError } from "./errors.ts";
import { toPath } from "./file.ts";
import { type Functions, createFunctions } from "./functions.ts";
import { messagesSince } from "./log.ts";
import { type ModuleParameters, moduleParameters } from "./parameters.ts";
import type { PathCalls } from "./process.ts";

export interface RemoveOptions {
  /** O_TRUNC: also while it is in use, or has no exit function (rmmod -f). */
  readonly force?: boolean;
  /** Waits until nobody uses it, instead of EAGAIN. */
  readonly wait?: boolean;
}

/** A module that has been inserted. It may be gone since: see `isLoaded`. */
export interface Module extends Functions {
  readonly name: string;
  readonly isLoaded: boolean;
  /** As in /proc/modules, in small letters; "gone" once it is removed. */
  readonly state: "live" | "coming" | "going" | "unformed" | "gone";
  /** References others hold on it, as lsmod shows them. */
  readonly refcount: number;
  /** Letters such as "OE". */
  readonly taints: string;
  /** Where its core lies. KoboxError "gone" when it has been removed, as for all that follows. */
  readonly address: Address;
  readonly parameters: ModuleParameters;
  /** Names it exports. */
  exports(): readonly string[];
  /** A symbol's address, static ones included. KoboxError "no-symbol". */
  symbol(name: string): Address;
  /** delete_module(2). Throws ModuleError, KilledError, HangError. */
  rmmod(options?: RemoveOptions): void;
}

const STATES = new Map<number, Module["state"]>([
  [MODULE_STATE.LIVE, "live"],
  [MODULE_STATE.COMING, "coming"],
  [MODULE_STATE.GOING, "going"],
  [MODULE_STATE.UNFORMED, "unformed"],
]);

/** A module command in a process of its own, as the tool of that name would make it. */
export const moduleCommand = <T>(
  sandbox: Sandbox,
  command: {
    readonly comm: "insmod" | "rmmod";
    readonly module: string;
    readonly capabilities: Capabilities;
  },
  act: (sys: UserSystem) => Routine<T>,
): T => {
  const { kernel } = sandbox;
  ensureRunning(sandbox);
  const seq = kernel.log.next;
  const says = `${command.comm} ${command.module}`;
  const end: { value?: T; error?: Errno } = {};
  const identity = { comm: command.comm, argv: [command.comm, toPath(command.module)] };
  const { signal, stop } = sandbox.run(identity, function* (sys) {
    yield* sys.setCapabilities(capabilityMask(command.capabilities));
    try {
      end.value = yield* act(sys);
      return 0;
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      end.error = error;
      return 1;
    }
  });
  const log = messagesSince(sandbox, seq).map(({ text }) => text);
  if (stop !== undefined && !("value" in end) && end.error === undefined)
    throw endless(sandbox, says, stop, log);
  if (signal !== 0) throw new KilledError(says, signal, { log });
  if (end.error === undefined) return end.value as T;
  const { errno, message } = end.error;
  const reason = message === `errno ${errno}` ? "" : message;
  throw new ModuleError(says, errno, { log, module: command.module, reason });
};

const endless = (sandbox: Sandbox, says: string, stop: StopReason, log: readonly string[]): Error =>
  sandbox.kernel.stopped === undefined ? new HangError(says, stop, { log }) : new StoppedError(stop);

export interface ModuleContext {
  readonly sandbox: Sandbox;
  readonly capabilities: Capabilities;
  files(): PathCalls;
}

export const createModule = (context: ModuleContext, loaded: LoadedModule): Module => {
  const { sandbox } = context;
  const { list, references } = sandbox.kernel.modules;
  const name = displayText(loaded.name);
  const find = (): LoadedModule | undefined => {
    const found = list.byStruct(loaded.address);
    return found === loaded ? found : undefined;
  };
  const present = (): LoadedModule => {
    const found = find();
    if (found !== undefined) return found;
    throw new KoboxError("gone", `${name} is not loaded any more`);
  };
  const symbol = (wanted: string): Address => {
    const found = present().symbols.find((each) => each.name === wanted)?.address;
    if (found !== undefined) return found;
    throw new KoboxError("no-symbol", `${name} has no symbol ${wanted}`);
  };
  return {
    name,
    get isLoaded() {
      return find() !== undefined;
    },
    get state() {
      const found = find();
      return found === undefined ? "gone" : (STATES.get(list.state(found)) ?? "unformed");
    },
    get refcount() {
      const found = find();
      return found === undefined ? 0 : references.count(found);
    },
    get taints() {
      return moduleTaintLetters(loaded.taints);
    },
    get address() {
      return present().core.base;
    },
    parameters: moduleParameters(name, () => context.files()),
    exports: () => [...present().exports.keys()].map(displayText),
    symbol,
    ...createFunctions(sandbox, symbol),
    rmmod({ force = false, wait = false } = {}) {
      const flags = (wait ? 0 : O_NONBLOCK) | (force ? O_TRUNC : 0);
      moduleCommand(sandbox, { comm: "rmmod", module: name, capabilities: context.capabilities }, (sys) =>
        sys.deleteModule(loaded.name, flags),
      );
    },
  };
};
