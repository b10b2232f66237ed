import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { KoboxError } from "../../base/errors.ts";
import { moduleFormat, openModule } from "../../loader/container.ts";
import { readModinfo } from "../../loader/modinfo-file.ts";
import { modinfoEntries } from "../commands/modinfo.ts";
import type { ModuleFile, ShellHost } from "./program.ts";

/** What the module commands see of the machine kobox runs on. Only module files, only when named. */
export interface HostFiles extends ShellHost {
  /** Unpacks the compressed modules that a command names; to be awaited before it is run. */
  prepare(command: string): Promise<void>;
}

const MAX_BYTES = 64 * 1024 * 1024;
const MODULE = /\.ko(?:\.(?:gz|xz|zst))?$/;

const readModuleAt = (path: string): Uint8Array | undefined => {
  try {
    const { size } = statSync(path);
    return size <= MAX_BYTES ? readFileSync(path) : undefined;
  } catch {
    return undefined;
  }
};

/** "a-b" and "a_b" are the same module. */
const sameName = (left: string, right: string): boolean =>
  left.replaceAll("-", "_") === right.replaceAll("-", "_");

const findModule = (folder: string, name: string): string | undefined =>
  readdirSync(folder).find((file) => MODULE.test(file) && sameName(file.replace(MODULE, ""), name));

const dependencies = (image: Uint8Array): readonly string[] =>
  (readModinfo(image)?.entries ?? [])
    .filter(([tag]) => tag === "depends")
    .flatMap(([, names]) => names.split(","))
    .filter((name) => name !== "");

/** Unpacked images of packed files, by path. */
type Unpacked = Map<string, Uint8Array>;

const createReader =
  (unpacked: Unpacked) =>
  (path: string): Uint8Array | undefined => {
    if (!MODULE.test(path)) return undefined;
    return unpacked.get(path) ?? readModuleAt(path);
  };

/** modprobe's order: what a module depends on first, each once. Files lie in one folder. */
const resolve = (
  read: (path: string) => Uint8Array | undefined,
  folder: string,
  wanted: string,
): ModuleFile[] | undefined => {
  const files: ModuleFile[] = [];
  const visited = new Set<string>();
  const visit = (name: string): boolean => {
    if (visited.has(name)) return true;
    visited.add(name);
    const file = findModule(folder, name);
    const path = join(folder, file ?? "");
    const image = file === undefined ? undefined : read(path);
    if (image === undefined) return false;
    if (!dependencies(image).every(visit)) return false;
    files.push({ name: name.replaceAll("-", "_"), path, image });
    return true;
  };
  return visit(wanted) ? files : undefined;
};

const listFolder = (path: string): readonly string[] => {
  try {
    return readdirSync(path, { withFileTypes: true }).map((entry) =>
      entry.isDirectory() ? `${entry.name}/` : entry.name,
    );
  } catch {
    return [];
  }
};

/** Words of a command that name packed module files of the host, and for modprobe those beside it. */
const packedFiles = (command: string): readonly string[] => {
  const named = (command.match(/[^\s;&|<>()'"]+\.ko\.(?:gz|xz|zst)\b/g) ?? []).filter((path) =>
    existsSync(path),
  );
  const beside = /\bmodprobe\b/.test(command)
    ? listFolder(".").filter((name) => /\.ko\.\w+$/.test(name))
    : [];
  return [...named, ...beside];
};

/** The host's module files, as seen from the folder kobox was started in. */
export const createHostFiles = (folder = "."): HostFiles => {
  const unpacked: Unpacked = new Map();
  const read = createReader(unpacked);
  return {
    readHostFile: read,
    listHostFolder: listFolder,
    resolveModule: (name) => resolve(read, folder, name),
    describeModule(path, image) {
      try {
        return modinfoEntries(image, path);
      } catch (error) {
        if (error instanceof KoboxError) return undefined;
        throw error;
      }
    },
    async prepare(command) {
      for (const path of packedFiles(command)) {
        const packed = unpacked.has(path) ? undefined : readModuleAt(path);
        if (packed === undefined || moduleFormat(packed) === "plain") continue;
        try {
          unpacked.set(path, await openModule(packed));
        } catch (error) {
          // Left packed: the kernel then says what it says of such a file.
          if (!(error instanceof KoboxError)) throw error;
        }
      }
    },
  };
};
