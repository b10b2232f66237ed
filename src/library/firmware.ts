import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { KoboxError } from "../base/errors.ts";
import type { Sandbox } from "../sandbox.ts";
import { toBytes, toPath } from "./file.ts";

/** Firmware files: a folder of the machine, or contents by name. */
export type Firmware = string | Readonly<Record<string, string | Uint8Array>>;

/** Contents of a folder's files by their names below it. KoboxError when it cannot be read. */
export const firmwareFiles = (folder: string): Readonly<Record<string, Uint8Array>> => {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return Object.fromEntries(
      entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((path) => [path.slice(join(folder, "/").length), readFileSync(path)]),
    );
  } catch (cause) {
    throw new KoboxError("unreadable", `${folder}: cannot be read`, { cause });
  }
};

/** Puts the files where request_firmware() looks. */
export const placeFirmware = ({ kernel: { vfs } }: Sandbox, firmware: Firmware): void => {
  const files = typeof firmware === "string" ? firmwareFiles(firmware) : firmware;
  for (const [name, contents] of Object.entries(files)) {
    const path = `/lib/firmware/${toPath(name)}`;
    vfs.tree.directory(dirname(path));
    const { directory, name: last } = vfs.tree.parent(path, "/");
    vfs.tree.add(directory, last, vfs.tree.newFile(0o644, toBytes(contents)));
  }
};
