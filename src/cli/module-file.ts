import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { KoboxError } from "../base/errors.ts";
import { openModule } from "../loader/container.ts";

export interface ModuleFile {
  readonly path: string;
  /** File name without folders. */
  readonly file: string;
  /** As on disk. */
  readonly packed: Uint8Array;
  /** Decompressed. */
  readonly bytes: Uint8Array;
}

/** Reads a module file, whatever it is compressed with. KoboxError when it cannot be read. */
export const readModuleFile = async (path: string): Promise<ModuleFile> => {
  let packed: Uint8Array;
  try {
    const { buffer, byteOffset, byteLength } = readFileSync(path);
    packed = new Uint8Array(buffer, byteOffset, byteLength);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "no such file" : code === "EISDIR" ? "is a folder" : message;
    throw new KoboxError("unreadable", `${path}: ${why}`, {
      hint: "Name a kernel module file (.ko).",
      cause: error,
    });
  }
  return { path, file: basename(path), packed, bytes: await openModule(packed) };
};
