import { readdirSync } from "node:fs";
import { join } from "node:path";
import { plainName } from "./config.ts";

/** How the names of module files end. */
export const MODULE = /\.ko(?:\.(?:gz|xz|zst))?$/;

/** Names in a folder of the host, those of folders with a slash at the end; empty when it cannot be read. */
export const listFolder = (path: string): readonly string[] => {
  try {
    return readdirSync(path, { withFileTypes: true }).map((entry) =>
      entry.isDirectory() ? `${entry.name}/` : entry.name,
    );
  } catch {
    return [];
  }
};

/** A tree of modules with more files, or deeper, is none that a person loads from. */
const MAX_FILES = 20_000;
const MAX_DEPTH = 8;

/** Names (with "_") and paths of the module files in a folder and below, sorted by path. */
export const moduleFiles = (folder: string): ReadonlyMap<string, string> => {
  const files = new Map<string, string>();
  const visit = (path: string, depth: number): void => {
    for (const name of [...listFolder(path)].sort()) {
      if (files.size >= MAX_FILES || name.startsWith(".") || name === "node_modules/") continue;
      const place = join(path, name);
      if (MODULE.test(name)) files.set(plainName(name.replace(MODULE, "")), place);
      else if (name.endsWith("/") && depth < MAX_DEPTH) visit(place, depth + 1);
    }
  };
  visit(folder, 0);
  return files;
};
