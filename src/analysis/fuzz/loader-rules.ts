/** What do_init_module() owes, whatever init returns (kernel/module/main.c). */
import type { Kernel } from "../../kernel/kernel.ts";
import { MODULE_STATE, type Module } from "../../kernel/modules/module.ts";
import type { Outcome } from "../armed.ts";
import type { Crash } from "./crash.ts";

export interface LoaderState {
  readonly modules: number;
  readonly seq: number;
}

export const loaderState = (k: Kernel): LoaderState => ({
  modules: k.modules.list.all().length,
  seq: k.log.next,
});

const broken = (message: string): Crash => ({ kind: "loader", message, where: undefined, stack: [] });

/** The rules that do not hold after init was taken to return `forced`. */
export const checkLoader = (
  k: Kernel,
  module: Module,
  before: LoaderState,
  forced: number,
  outcome: Outcome,
): readonly Crash[] => {
  if (outcome.kind !== "returned") return [];
  const found: Crash[] = [];
  const expect = (rule: boolean, message: string): void => {
    if (!rule) found.push(broken(`init returned ${forced}: ${message}`));
  };
  const listed = k.modules.list.find(module.name);
  const lines = k.log.since(before.seq).map(({ text }) => text);
  if (forced < 0) {
    expect(outcome.value === forced, `the system call returned ${outcome.value}`);
    expect(listed === undefined, "the module is still listed");
    expect(k.modules.list.all().length === before.modules - 1, "the number of modules is wrong");
    expect(!k.memory.accessible(module.core.base, 1, "read"), "the module's memory is still mapped");
    return found;
  }
  expect(outcome.value === 0, `the system call returned ${outcome.value}`);
  expect(
    listed !== undefined && k.modules.list.state(listed) === MODULE_STATE.LIVE,
    "the module is not LIVE",
  );
  expect(module.init.size === 0, "the init sections were not freed");
  const warned = lines.some((line) => line.includes("suspiciously returned"));
  expect(warned === forced > 0, forced > 0 ? "nothing was logged" : "a warning was logged");
  return found;
};
