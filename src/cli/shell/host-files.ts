import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { KoboxError } from "../../base/errors.ts";
import { moduleFormat, openModule } from "../../loader/container.ts";
import { exportsOf } from "../../loader/imports.ts";
import { readModinfo } from "../../loader/modinfo-file.ts";
import { modinfoEntries } from "../commands/modinfo.ts";
import { MODULE, listFolder, moduleFiles } from "../module-folder/files.ts";
import type { ModuleFolder } from "../module-folder/folder.ts";
import type { ShellHost } from "./program.ts";

/** What the module commands see of the machine kobox runs on. Only module files, only when named. */
export interface HostFiles extends ShellHost {
  /** Unpacks the compressed modules that a command names; to be awaited before it is run. */
  prepare(command: string): Promise<void>;
}

const MAX_BYTES = 64 * 1024 * 1024;

const readModuleAt = (path: string): Uint8Array | undefined => {
  try {
    const { size } = statSync(path);
    return size <= MAX_BYTES ? readFileSync(path) : undefined;
  } catch {
    return undefined;
  }
};

/** Unpacked images of packed files, by path. */
type Unpacked = Map<string, Uint8Array>;

const createReader =
  (unpacked: Unpacked) =>
  (path: string): Uint8Array | undefined => {
    if (!MODULE.test(path)) return undefined;
    return unpacked.get(path) ?? readModuleAt(path);
  };

const folderConfig = (folder: string): readonly string[] => {
  const place = join(folder, "modprobe.d");
  return listFolder(place)
    .filter((name) => name.endsWith(".conf"))
    .map((name) => readFileSync(join(place, name), "latin1"));
};

const openFolder = (folder: string, read: (path: string) => Uint8Array | undefined): ModuleFolder => {
  const files = moduleFiles(folder);
  const image = (name: string): Uint8Array | undefined => read(files.get(name) ?? "");
  const once = <T>(make: (bytes: Uint8Array | undefined) => T): ((name: string) => T) => {
    const known = new Map<string, T>();
    return (name) => {
      let value = known.get(name);
      if (value === undefined) known.set(name, (value = make(image(name))));
      return value;
    };
  };
  return {
    files,
    image,
    fields: once((bytes) => (bytes === undefined ? [] : (readModinfo(bytes)?.entries ?? []))),
    exports: once((bytes) => (bytes === undefined ? [] : exportsOf(bytes))),
    config: folderConfig(folder),
  };
};

/** Words of a command that name packed module files of the host, and for modprobe those of the folder. */
const packedFiles = (command: string, folder: string): readonly string[] => {
  const named = (command.match(/[^\s;&|<>()'"]+\.ko\.(?:gz|xz|zst)\b/g) ?? []).filter((path) =>
    existsSync(path),
  );
  const inFolder = /\b(?:modprobe|depmod)\b/.test(command)
    ? [...moduleFiles(folder).values()].filter((path) => /\.ko\.\w+$/.test(path))
    : [];
  return [...named, ...inFolder];
};

/** The host's module files, as seen from the folder kobox was started in. */
export const createHostFiles = (folder = "."): HostFiles => {
  const unpacked: Unpacked = new Map();
  const read = createReader(unpacked);
  return {
    readHostFile: read,
    listHostFolder: listFolder,
    modules: () => openFolder(folder, read),
    describeModule(path, image) {
      try {
        return modinfoEntries(image, path);
      } catch (error) {
        if (error instanceof KoboxError) return undefined;
        throw error;
      }
    },
    async prepare(command) {
      for (const path of packedFiles(command, folder)) {
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
