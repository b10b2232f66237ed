import { displayText } from "../../base/bytes.ts";
import { KoboxError } from "../../base/errors.ts";
import { readModinfo } from "../../loader/modinfo-file.ts";
import { EXIT } from "../exit.ts";
import { readModuleFile } from "../module-file.ts";

export interface ModinfoOptions {
  readonly field?: string;
  readonly null?: boolean;
  readonly json?: boolean;
}

/** Column at which kmod's modinfo begins values. */
const COLUMN = 16;

/** Tags in the file's order; parameters joined as kmod shows them, after the rest, the last one first. */
export const modinfoEntries = (bytes: Uint8Array, path: string): [string, string][] => {
  const modinfo = readModinfo(bytes);
  if (modinfo === undefined) throw new KoboxError("no-modinfo", `${path}: is no kernel module (no .modinfo)`);
  const plain = modinfo.entries.filter(([tag]) => tag !== "parm" && tag !== "parmtype");
  const parameters = modinfo.parameters
    .toReversed()
    .map(({ name, type, description }): [string, string] => [
      "parm",
      description === undefined
        ? `${name}:${type ?? ""}`
        : `${name}:${description}${type === undefined ? "" : ` (${type})`}`,
    ]);
  return [...plain.map(([tag, value]): [string, string] => [tag, value]), ...parameters];
};

/** `modinfo` with kmod's output. */
export const modinfoCommand = async (paths: readonly string[], options: ModinfoOptions): Promise<number> => {
  const end = options.null === true ? "\0" : "\n";
  for (const path of paths) {
    const { bytes } = await readModuleFile(path);
    const entries = modinfoEntries(bytes, path).map(([tag, value]) => [tag, displayText(value)] as const);
    if (options.json === true) {
      process.stdout.write(`${JSON.stringify({ filename: path, entries }, null, 2)}\n`);
      continue;
    }
    const shown = [["filename", path] as const, ...entries].filter(
      ([tag]) => options.field === undefined || tag === options.field,
    );
    for (const [tag, value] of shown) {
      const label = options.field === undefined ? `${tag}:`.padEnd(COLUMN) : "";
      process.stdout.write(`${label}${value}${end}`);
    }
  }
  return EXIT.CLEAN;
};
