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

/**
 * Stub files that are loaded when one of their symbols is looked up; a bundle may have this instead
 * of the files themselves (scripts/stub-index.mjs).
 */
export interface StubIndex {
  /** What each file declares, separated by spaces. */
  readonly names: readonly string[];
  readonly files: readonly (() => StubModule)[];
}

export function* declarations(module: StubModule): Generator<Declared> {
  for (const value of Object.values(module)) {
    if (isDeclared(value)) yield value;
    else if (Array.isArray(value)) yield* value.filter(isDeclared);
  }
}

/** Adds a declaration under all its names. Two for one name are a bug: KoboxError E_STUB. */
const enter = (names: Map<string, Declared>, declared: Declared): void => {
  for (const name of [declared.name, ...declared.aliases]) {
    const known = names.get(name);
    if (known !== undefined && known !== declared) throw new KoboxError("E_STUB", `two stubs for ${name}`);
    names.set(name, declared);
  }
};

const indexIn = (module: StubModule): StubIndex | undefined =>
  "stubIndex" in module ? (module["stubIndex"] as StubIndex) : undefined;

/** Names of an index, and the files that have been loaded. */
const lazyRegistry = ({ names, files }: StubIndex): Registry => {
  // Few names are looked up in a run: cheaper than to take the lists apart.
  const fileOf = (name: string): number =>
    names.findIndex((list) => list.includes(name) && list.split(" ").includes(name));
  const known = new Map<string, Declared>();
  const loaded = new Set<number>();
  const load = (file: number): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    for (const declared of declarations(files[file]?.() ?? {})) enter(known, declared);
  };
  return {
    find(name) {
      const declared = known.get(name);
      if (declared !== undefined) return declared;
      const file = fileOf(name);
      if (file < 0) return undefined;
      load(file);
      return known.get(name);
    },
    all() {
      for (const file of files.keys()) load(file);
      return [...new Set(known.values())];
    },
  };
};

/** Collects declarations on the first look-up. */
export const createRegistry = (...modules: readonly StubModule[]): Registry => {
  const [only] = modules;
  const lazy = only === undefined ? undefined : indexIn(only);
  if (lazy !== undefined) return lazyRegistry(lazy);
  let index: Map<string, Declared> | undefined;
  const build = (): Map<string, Declared> => {
    const names = new Map<string, Declared>();
    for (const module of modules) for (const declared of declarations(module)) enter(names, declared);
    return names;
  };
  return {
    find: (name) => (index ??= build()).get(name),
    all: () => [...new Set((index ??= build()).values())],
  };
};
