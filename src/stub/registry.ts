import { KoboxError } from "../base/errors.ts";
import type { Declared } from "./declare.ts";

/** Finds declarations by the symbol name a module imports. */
export interface Registry {
  find(name: string): Declared | undefined;
  /** All declarations, each once. */
  all(): readonly Declared[];
}

const KINDS = new Set(["stub", "variable", "code", "registers"]);

const isDeclared = (value: unknown): value is Declared =>
  typeof value === "object" && value !== null && "kind" in value && KINDS.has(value.kind as string);

/** Exports of one stub file; an array export declares many at once. */
export type StubModule = Readonly<Record<string, unknown>>;

function* declarations(module: StubModule): Generator<Declared> {
  for (const value of Object.values(module)) {
    if (isDeclared(value)) yield value;
    else if (Array.isArray(value)) yield* value.filter(isDeclared);
  }
}

/** Collects declarations on the first look-up. Two for one name are a bug: KoboxError E_STUB. */
export const createRegistry = (...modules: readonly StubModule[]): Registry => {
  let index: Map<string, Declared> | undefined;
  const build = (): Map<string, Declared> => {
    const names = new Map<string, Declared>();
    for (const declared of modules.flatMap((module) => [...declarations(module)])) {
      for (const name of [declared.name, ...declared.aliases]) {
        const known = names.get(name);
        if (known !== undefined && known !== declared)
          throw new KoboxError("E_STUB", `two stubs for ${name}`);
        names.set(name, declared);
      }
    }
    return names;
  };
  return {
    find: (name) => (index ??= build()).get(name),
    all: () => [...new Set((index ??= build()).values())],
  };
};
