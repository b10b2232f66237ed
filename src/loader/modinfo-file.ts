import type { ByteString } from "../base/bytes.ts";
import { checkElf } from "./elf-validity.ts";
import { LoadFailure } from "./failure.ts";
import { findAnySection, sectionAt, sectionContents } from "./load-info.ts";
import { type ModinfoParameter, modinfoParameters, parseModinfo } from "./modinfo.ts";

export interface FileModinfo {
  readonly entries: readonly (readonly [tag: ByteString, value: ByteString])[];
  readonly parameters: readonly ModinfoParameter[];
}

/** The .modinfo of a module file, which need not be loadable; undefined when it has none. */
export const readModinfo = (bytes: Uint8Array): FileModinfo | undefined => {
  try {
    const elf = checkElf(bytes, { log() {} });
    const index = findAnySection(elf, ".modinfo");
    if (index === 0) return undefined;
    const modinfo = parseModinfo(sectionContents(elf, sectionAt(elf, index)));
    return { entries: modinfo.entries, parameters: modinfoParameters(modinfo) };
  } catch (error) {
    if (error instanceof LoadFailure) return undefined;
    throw error;
  }
};
