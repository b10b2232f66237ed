import { KoboxError } from "../base/errors.ts";
import { readBtf } from "./btf.ts";
import { certificateTable } from "./certificates.ts";
import { writeContainer } from "./container.ts";
import { contentTable } from "./contents.ts";
import { exportTable } from "./export-table.ts";
import { readImage } from "./image.ts";
import type { ProfileInputs } from "./inputs.ts";
import { readKallsyms } from "./kallsyms.ts";
import { embeddedConfig, readConfig } from "./kernel-config.ts";
import { readMeta } from "./meta.ts";
import { symbolMapTable } from "./symbol-map.ts";
import { readSymvers } from "./symvers.ts";
import { configTable, enumeratorTable, structTable, typedefTable } from "./type-tables.ts";
import { unpackKernel } from "./unpack.ts";

export interface ProfileSources {
  /** vmlinuz or vmlinux. */
  readonly kernel: Buffer;
  /** Text of Module.symvers. */
  readonly symvers: string;
  /** Text of the kernel's .config; undefined to take the one in the image, if it has one. */
  readonly config: string | undefined;
}

/** Reads and checks all sources. */
export const readInputs = async (sources: ProfileSources): Promise<ProfileInputs> => {
  const image = readImage(await unpackKernel(sources.kernel));
  const btf = image.section(".BTF")?.content;
  if (btf === undefined) {
    throw new KoboxError("bad-image", "kernel image: it has no .BTF section", {
      hint: "The kernel must be built with CONFIG_DEBUG_INFO_BTF.",
    });
  }
  return {
    image,
    symbols: readKallsyms(image.file).sort((left, right) => left.address - right.address),
    exported: readSymvers(sources.symvers).filter((one) => one.provider === "vmlinux"),
    btf: readBtf(btf),
    config: readConfig(sources.config ?? embeddedConfig(image.file) ?? ""),
  };
};

/** Builds a profile file. The same sources and the same zlib give the same bytes. */
export const buildProfile = async (sources: ProfileSources): Promise<Buffer> => {
  const inputs = await readInputs(sources);
  return writeContainer(readMeta(inputs), [
    exportTable(inputs),
    structTable(inputs),
    typedefTable(inputs),
    contentTable(inputs),
    configTable(inputs),
    enumeratorTable(inputs),
    certificateTable(inputs),
    symbolMapTable(inputs.symbols, 24 << 10),
  ]);
};
