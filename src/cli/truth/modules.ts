import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { KoboxError } from "../../base/errors.ts";

/** A file described by what differs from another one, so that broken copies need not be stored. */
interface Derived {
  /** What is wrong with it, for people. */
  readonly what: string;
  /** A file beside the table, or `image:PATH`, a module of the kernel image package. */
  readonly from?: string;
  /** Cut to this many bytes first. */
  readonly length?: number;
  readonly edits?: readonly { readonly at: number; readonly hex: string }[];
  /** Appended last, latin1. */
  readonly append?: string;
  readonly sha256: string;
}

/** Where scenarios get their modules from. */
export interface ModuleFiles {
  /**
   * The bytes of a file by name or by path from one of the folders; `undefined` when it needs
   * Debian's kernel image package, which is not here.
   */
  read(path: string): Uint8Array | undefined;
}

const TABLE = "derived.json";

/** Folders that may hold the `kernel/` tree of the distribution's modules, best first. */
const imageFolders = (release: string): readonly string[] => {
  const given = process.env["KOBOX_KERNEL_MODULES"];
  return [...(given === undefined ? [] : [given]), `/lib/modules/${release}/kernel`];
};

const readImage = (path: string, release: string): Uint8Array | undefined => {
  const found = imageFolders(release)
    .map((folder) => join(folder, path))
    .find((file) => existsSync(file));
  return found === undefined ? undefined : readFileSync(found);
};

const apply = (base: Uint8Array, derived: Derived): Uint8Array => {
  const bytes = Buffer.from(base.subarray(0, derived.length ?? base.length));
  for (const { at, hex } of derived.edits ?? []) bytes.write(hex, at, "hex");
  return Buffer.concat([bytes, Buffer.from(derived.append ?? "", "latin1")]);
};

const derive = (folder: string, name: string, derived: Derived, release: string): Uint8Array | undefined => {
  const { from } = derived;
  let base: Uint8Array | undefined = new Uint8Array();
  if (from?.startsWith("image:") === true) base = readImage(from.slice("image:".length), release);
  else if (from !== undefined) base = readFileSync(join(folder, from));
  if (base === undefined) return undefined;
  const bytes = apply(base, derived);
  if (createHash("sha256").update(bytes).digest("hex") === derived.sha256) return bytes;
  if (from?.startsWith("image:") === true) return undefined;
  throw new KoboxError("bad-derived", `${join(folder, TABLE)}: ${name} came out different`, {
    hint: `rebuild ${from} exactly, or renew the table`,
  });
};

const readTable = (folder: string): Readonly<Record<string, Derived>> => {
  const path = join(folder, TABLE);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Record<string, Derived>) : {};
};

/** Modules by file name from these folders: files, and those their `derived.json` describes. */
export const moduleFiles = (folders: readonly string[], release: string): ModuleFiles => {
  const tables = folders.map((folder) => [folder, readTable(folder)] as const);
  return {
    read(path) {
      const file = folders.map((folder) => join(folder, path)).find((candidate) => existsSync(candidate));
      if (file !== undefined) return readFileSync(file);
      const name = basename(path);
      for (const [folder, table] of tables) {
        const derived = table[name];
        if (derived !== undefined) return derive(folder, name, derived, release);
      }
      throw new KoboxError("no-module", `${name}: not found in ${folders.join(", ") || "any folder"}`);
    },
  };
};
