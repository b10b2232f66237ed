import type { Address } from "../base/address.ts";
import { KoboxError } from "../base/errors.ts";
import type { KernelImage } from "./image.ts";
import type { ProfileInputs } from "./inputs.ts";

export interface ProfileMeta {
  /** uname -r, "6.1.0-56-amd64". */
  readonly release: string;
  /** What a module's vermagic must say, "6.1.0-56-amd64 SMP preempt mod_unload modversions ". */
  readonly vermagic: string;
  /** The text of /proc/version, without newline. */
  readonly banner: string;
  /** What follows the release in oops headers: "#1  Debian 6.1.192-2". */
  readonly build: string;
  /** uname -v, "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16)". */
  readonly version: string;
  /** The image's extent in memory: _text and _end. */
  readonly imageStart: Address;
  readonly imageEnd: Address;
}

const missing = (what: string): never => {
  throw new KoboxError("bad-image", `kernel image: it has no ${what}`);
};

const bannerOf = (rodata: Buffer): string =>
  /Linux version [^\0\n]* #\d+ [^\0\n]*/.exec(rodata.toString("latin1"))?.[0] ?? missing("version banner");

const vermagicOf = (rodata: Buffer, release: string): string => {
  const start = rodata.indexOf(`\0${release} `, 0, "latin1") + 1;
  return start === 0 ? missing("version magic") : rodata.toString("latin1", start, rodata.indexOf(0, start));
};

const rodataOf = (image: KernelImage): Buffer => image.section(".rodata")?.content ?? missing(".rodata");

/** Reads what identifies a kernel build from its image. */
export const readMeta = ({ image, symbols }: Pick<ProfileInputs, "image" | "symbols">): ProfileMeta => {
  const addressOf = (name: string): Address =>
    symbols.find((one) => one.name === name)?.address ?? missing(`symbol ${name}`);
  const banner = bannerOf(rodataOf(image));
  const release = banner.split(" ")[2] ?? "";
  const version = /#\d+ .*$/.exec(banner)?.[0] ?? "";
  // Debian's patch makes oops headers show the package (lib/dump_stack.c).
  const packaged = /Debian \S+/.exec(version)?.[0];
  return {
    release,
    vermagic: vermagicOf(rodataOf(image), release),
    banner,
    build: `${version.split(" ")[0]}${packaged === undefined ? "" : `  ${packaged}`}`,
    version,
    imageStart: addressOf("_text"),
    imageEnd: addressOf("_end"),
  };
};
