/** A folder of modules as depmod sees it: names, dependencies, aliases, symbols. */
import type { ByteString } from "../../base/bytes.ts";
import { compilePattern } from "../shell/run/pattern.ts";
import { type ModprobeConfig, type SoftDependencies, parseSoftdeps, plainName } from "./config.ts";

/** What the module commands ask about a folder of module files. */
export interface ModuleFolder {
  /** Names (with "_") and paths, sorted by path. */
  readonly files: ReadonlyMap<ByteString, string>;
  /** Fields of a module's information, e.g. "alias". Empty when the file cannot be read. */
  fields(name: ByteString): readonly (readonly [field: ByteString, value: ByteString])[];
  /** Names that the module exports. */
  exports(name: ByteString): readonly ByteString[];
  image(name: ByteString): Uint8Array | undefined;
  /** Texts of the folder's own modprobe.d/*.conf. */
  readonly config: readonly ByteString[];
}

/** What dependencies are known from. */
type Needs = Pick<ModuleFolder, "files" | "fields">;

const values = (folder: Needs, name: ByteString, field: string): readonly ByteString[] =>
  folder.fields(name).flatMap(([key, value]) => (key === field ? [value] : []));

/** What it uses directly, in the file's order. */
const uses = (folder: Needs, name: ByteString): readonly ByteString[] =>
  values(folder, name, "depends")
    .flatMap((text) => text.split(","))
    .filter((each) => each !== "")
    .map(plainName);

/** All it needs, what must come first first; without itself. Names that are missing are left out. */
export const dependencies = (folder: Needs, name: ByteString): readonly ByteString[] => {
  const found = new Set<ByteString>();
  const visiting = new Set<ByteString>([name]);
  const visit = (of: ByteString): void => {
    for (const each of uses(folder, of)) {
      if (visiting.has(each) || !folder.files.has(each)) continue;
      visiting.add(each);
      visit(each);
      found.add(each);
    }
  };
  visit(name);
  return [...found];
};

/** A module's own soft dependencies; what the configuration says counts first. */
export const softdepsOf = (
  folder: ModuleFolder,
  config: ModprobeConfig,
  name: ByteString,
): SoftDependencies => {
  const own = values(folder, name, "softdep").map(parseSoftdeps);
  return (
    config.softdeps.get(name) ?? {
      pre: own.flatMap(({ pre }) => pre),
      post: own.flatMap(({ post }) => post),
    }
  );
};

export const aliasesOf = (folder: ModuleFolder, name: ByteString): readonly ByteString[] =>
  values(folder, name, "alias");

/** What a name or alias stands for, in kmod's order of looking; `exact`: it is the module's own name. */
export interface Found {
  readonly names: readonly ByteString[];
  readonly exact: boolean;
}

export const lookUp = (folder: ModuleFolder, config: ModprobeConfig, given: ByteString): Found => {
  const wanted = plainName(given);
  const unique = (names: readonly ByteString[]): Found => ({ names: [...new Set(names)], exact: false });
  const configured = config.aliases
    .filter(([pattern]) => compilePattern(pattern)(wanted))
    .map(([, module]) => module);
  if (configured.length > 0) return unique(configured);
  if (folder.files.has(wanted)) return { names: [wanted], exact: true };
  if (given.startsWith("symbol:")) {
    const symbol = given.slice("symbol:".length);
    return unique([...folder.files.keys()].filter((name) => folder.exports(name).includes(symbol)));
  }
  if (config.install.has(wanted) || config.remove.has(wanted)) return { names: [wanted], exact: true };
  return unique(
    [...folder.files.keys()].filter((name) =>
      aliasesOf(folder, name).some((pattern) => compilePattern(plainName(pattern))(wanted)),
    ),
  );
};
