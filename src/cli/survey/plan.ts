import { statSync } from "node:fs";
import { basename } from "node:path";
import { KoboxError } from "../../base/errors.ts";
import { readModinfo } from "../../loader/modinfo-file.ts";
import { plainName } from "../module-folder/config.ts";
import { MODULE, moduleFiles } from "../module-folder/files.ts";
import { dependencies } from "../module-folder/folder.ts";
import { readModuleFile } from "../module-file.ts";

/** A module of a survey, with the paths of what must be inserted before it, first things first. */
export interface Surveyed {
  readonly name: string;
  readonly path: string;
  readonly dependencies: readonly string[];
}

type Entries = readonly (readonly [tag: string, value: string])[];

const isFolder = (path: string): boolean => {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
};

const filesAt = (path: string): ReadonlyMap<string, string> =>
  isFolder(path) ? moduleFiles(path) : new Map([[plainName(basename(path).replace(MODULE, "")), path]]);

/** Module files by name; of two with the same name the first. */
const collect = (paths: readonly string[]): ReadonlyMap<string, string> =>
  new Map(paths.flatMap((path) => [...filesAt(path)]).toReversed());

/** None where the file cannot be read: whoever inserts it says why. */
const informationOf = async (path: string): Promise<Entries> => {
  try {
    return readModinfo((await readModuleFile(path)).bytes)?.entries ?? [];
  } catch (error) {
    if (error instanceof KoboxError) return [];
    throw error;
  }
};

/** Which modules there are, and what each needs; dependencies come from `paths`, then from `folders`. */
export const planSurvey = (paths: readonly string[], folders: readonly string[], only: RegExp) => {
  const files = collect([...paths, ...folders]);
  const wanted = [...collect(paths)].filter(([, path]) => only.test(path)).sort(byPath);
  const known = new Map<string, Entries>();
  const fieldsOf = (name: string): Entries => known.get(name) ?? [];
  /** Reads the information of a module and of all it needs. */
  const learn = async (name: string): Promise<void> => {
    const path = files.get(name);
    if (path === undefined || known.has(name)) return;
    known.set(name, await informationOf(path));
    for (const each of dependencies({ files, fields: fieldsOf }, name)) await learn(each);
  };
  return {
    count: wanted.length,
    async *modules(): AsyncGenerator<Surveyed> {
      for (const [name, path] of wanted) {
        await learn(name);
        const needed = dependencies({ files, fields: fieldsOf }, name);
        yield { name, path, dependencies: needed.map((each) => files.get(each) ?? each) };
      }
    },
  };
};

const byPath = ([, one]: readonly [string, string], [, other]: readonly [string, string]): number =>
  one < other ? -1 : 1;

/** KoboxError "usage" where it is no regular expression. */
export const patternOption = (text: string): RegExp => {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new KoboxError("usage", `--only: ${(error as Error).message}`);
  }
};
