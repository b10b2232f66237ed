import { readFileSync, readdirSync } from "node:fs";
import { Errno } from "../../src/base/errors.ts";
import { O_NONBLOCK, type UserSystem } from "../../src/kernel/user.ts";
import { refusalReason } from "../../src/kernel/modules/reason.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { type Sandbox, boot } from "../../src/sandbox.ts";
import { type Mutant, mutate } from "./mutator.ts";

const folder = (path: string): URL => new URL(`../../${path}/`, import.meta.url);

const modulesIn = (path: string): (readonly [name: string, bytes: Uint8Array])[] =>
  readdirSync(folder(path))
    .filter((name) => name.endsWith(".ko"))
    .map((name) => [name, readFileSync(new URL(name, folder(path)))] as const);

/** Sound modules to damage: every sample and the scenarios' modules. */
export const subjects = (): (readonly [name: string, bytes: Uint8Array])[] => [
  ...readdirSync(folder("samples"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .flatMap(({ name }) => modulesIn(`samples/${name}`)),
  ...modulesIn("test/truth/mods").filter(([name]) => !name.startsWith("bad_")),
];

/** How one damaged module ended. */
export interface Fate {
  readonly what: string;
  readonly kind: "errno" | "clean" | "signal" | "stop";
  /** Of "errno": what the user is told. */
  readonly reason: string | undefined;
  /** Of CPU time: other work on the machine does not count. */
  readonly milliseconds: number;
}

/** Modules that one sandbox sees before it makes room for a new one. */
const PER_SANDBOX = 100;
/** Guest memory: enough for every sound module, little enough for inflated ones to run into its end. */
const RAM = 48 * 1024 * 1024;

interface Bench {
  /** Loads the mutant of `seed`, lets it settle, removes it. Host exceptions come through. */
  run(seed: number): Fate;
  close(): void;
}

/** Sandboxes that take one mutant after another; a new one where the last is stopped or keeps a module. */
export const createBench = (): Bench => {
  const from = subjects();
  const state: { sandbox: Sandbox | undefined; age: number } = { sandbox: undefined, age: 0 };
  const retire = (): void => {
    state.sandbox?.close();
    state.sandbox = undefined;
  };
  return {
    run(seed) {
      const [name, bytes] = from[seed % from.length] ?? ["", new Uint8Array()];
      const mutant = mutate(bytes, seed);
      state.sandbox ??= boot({ ram: RAM });
      const { sandbox } = state;
      const before = process.cpuUsage();
      const { kind, reason } = live(sandbox, mutant);
      state.age = (state.age + 1) % PER_SANDBOX;
      const { kernel } = sandbox;
      if (state.age === 0 || kernel.stopped !== undefined || kernel.modules.list.all().length > 0) retire();
      const { user, system } = process.cpuUsage(before);
      return { what: `${name}: ${mutant.what}`, kind, reason, milliseconds: (user + system) / 1000 };
    },
    close: retire,
  };
};

type End = Pick<Fate, "kind" | "reason">;

const live = (sandbox: Sandbox, { bytes, parameters }: Mutant): End => {
  const { kernel } = sandbox;
  const since = { record: kernel.log.next, loads: kernel.modules.history.all().length };
  const explain = (error: Errno): string => refusalReason(kernel, error, since);
  const loaded = perform(sandbox, explain, function* (sys) {
    const fd = yield* sys.memfd("module", bytes);
    yield* sys.finitModule(fd, parameters, 0);
  });
  if (loaded.kind !== "clean") return loaded;
  const settled = sandbox.sleep(5_000_000);
  if (settled.stop !== undefined) return { kind: "stop", reason: undefined };
  const name = kernel.modules.history.all().at(-1)?.name ?? "";
  return perform(sandbox, String, (sys) => sys.deleteModule(name, O_NONBLOCK));
};

const perform = (
  sandbox: Sandbox,
  explain: (error: Errno) => string,
  call: (sys: UserSystem) => Routine<void>,
): End => {
  const noted: { reason?: string } = {};
  const end = sandbox.run({ comm: "init", argv: ["/init"] }, function* (sys) {
    try {
      yield* call(sys);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      noted.reason = explain(error);
    }
    return 0;
  });
  const { reason } = noted;
  if (end.stop !== undefined) return { kind: "stop", reason };
  if (end.signal !== 0) return { kind: "signal", reason };
  return { kind: reason === undefined ? "clean" : "errno", reason };
};
