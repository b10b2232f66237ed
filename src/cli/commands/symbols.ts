import { KoboxError } from "../../base/errors.ts";
import { importsOf } from "../../loader/imports.ts";
import { boot } from "../../sandbox.ts";
import { supportOf } from "../../stub/support.ts";
import { EXIT } from "../exit.ts";
import { readModuleFile } from "../module-file.ts";

export interface SymbolsOptions {
  readonly kernel?: string;
  readonly json?: boolean;
}

/** Lists what a module imports, each with its support level and what is missing. */
export const symbolsCommand = async (path: string, options: SymbolsOptions): Promise<number> => {
  const { bytes, file } = await readModuleFile(path);
  const names = importsOf(bytes);
  if (names === undefined) throw new KoboxError("no-module", `${path}: is no kernel module`);
  const { kernel, registry, close } = boot({ kernel: options.kernel });
  const rows = names.toSorted().map((name) => {
    const declared = registry.find(name);
    const level = declared?.level;
    return {
      name,
      support: supportOf(kernel.profile, registry, name),
      missing: typeof level === "object" ? level.partial : null,
      prototype: kernel.profile.prototype(name) ?? null,
    };
  });
  close();
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ module: file, imports: rows }, null, 2)}\n`);
    return EXIT.CLEAN;
  }
  const width = Math.max(0, ...rows.map(({ name }) => name.length));
  for (const { name, support, missing } of rows) {
    process.stdout.write(`${name.padEnd(width)}  ${support}${missing === null ? "" : `: ${missing}`}\n`);
  }
  return EXIT.CLEAN;
};
