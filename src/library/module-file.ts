import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { KoboxError } from "../base/errors.ts";
import { moduleFormat, openModule } from "../loader/container.ts";

/** A module file: its path, or its bytes. */
export type ModuleSource = string | URL | Uint8Array;

export interface ModuleImage {
  /** As messages call it. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

const unreadable = (path: string, cause: unknown): KoboxError => {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new KoboxError("unreadable", `${path}: ${code === "ENOENT" ? "no such file" : message}`, {
    hint: "Name a kernel module file (.ko).",
    cause,
  });
};

const pathOf = (source: string | URL, folder: string): string =>
  typeof source === "string" ? resolve(folder, source) : fileURLToPath(source);

/** A module file's bytes, unpacked (.ko.xz, .ko.gz, .ko.zst). KoboxError when it cannot be read. */
export const readModule = async (path: string | URL): Promise<Uint8Array> => {
  const place = pathOf(path, ".");
  let packed: Uint8Array;
  try {
    packed = await readFile(place);
  } catch (cause) {
    throw unreadable(place, cause);
  }
  return openModule(packed);
};

/** The same at once, for files that are not packed; paths begin at `folder`. */
export const moduleImage = (source: ModuleSource, folder: string): ModuleImage => {
  if (source instanceof Uint8Array) return { name: "module", bytes: source };
  const path = pathOf(source, folder);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  if (moduleFormat(bytes) === "plain") return { name: basename(path), bytes };
  throw new KoboxError("packed-module", `${path} is packed`, {
    hint: "Unpack it first: kernel.insmod(await readModule(path)).",
  });
};
