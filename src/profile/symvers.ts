import { KoboxError } from "../base/errors.ts";

/** One line of Module.symvers (Documentation/kbuild/modules.rst). */
export interface SymbolVersion {
  readonly crc: number;
  readonly name: string;
  /** "vmlinux", or the module's path without .ko. */
  readonly provider: string;
  readonly gpl: boolean;
  /** Empty when the symbol is in no namespace. */
  readonly namespace: string;
}

/** Reads the text of a Module.symvers; a line of another form throws KoboxError "bad-symvers". */
export const readSymvers = (text: string): SymbolVersion[] =>
  text.split("\n").flatMap((line, index) => {
    if (line === "") return [];
    const [crc = "", name = "", provider = "", kind = "", namespace = ""] = line.split("\t");
    if (!/^0x[0-9a-f]{8}$/.test(crc) || name === "" || !kind.startsWith("EXPORT_SYMBOL")) {
      throw new KoboxError("bad-symvers", `Module.symvers, line ${index + 1}: not a symbol version`);
    }
    return [{ crc: Number(crc), name, provider, gpl: kind.endsWith("_GPL"), namespace }];
  });
