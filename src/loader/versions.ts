import type { ByteString } from "../base/bytes.ts";
import { ENOEXEC } from "../base/errno.ts";
import { stringAt, u64At, viewOf } from "./elf.ts";
import { LoadFailure } from "./failure.ts";
import { KERN_WARNING, TAINT_FORCED_MODULE } from "./host.ts";
import type { KernelBuild, LoadHost } from "./host.ts";
import { taintModule } from "./license.ts";
import { sectionAt, sectionContents } from "./load-info.ts";
import type { LoadInfo } from "./load-info.ts";

/** struct modversion_info: an unsigned long CRC and MODULE_NAME_LEN bytes of name. */
const ENTRY_SIZE = 64;
const NAME_OFFSET = 8;

/** CRCs a module was compiled against, first entry of a name first. */
const moduleVersions = (info: LoadInfo): Map<ByteString, number> => {
  const versions = new Map<ByteString, number>();
  if (info.index.vers === 0) return versions;
  const contents = sectionContents(info.elf, sectionAt(info.elf, info.index.vers));
  const view = viewOf(contents);
  for (let at = 0; at + ENTRY_SIZE <= contents.length; at += ENTRY_SIZE) {
    const name = stringAt(contents, at + NAME_OFFSET, ENTRY_SIZE - NAME_OFFSET);
    if (!versions.has(name)) versions.set(name, u64At(view, at));
  }
  return versions;
};

/** try_to_force_load(): taints, or throws ENOEXEC where the kernel was built without forced loading. */
export const tryToForceLoad = (
  info: LoadInfo,
  reason: ByteString,
  build: KernelBuild,
  host: LoadHost,
): void => {
  if (!build.config.has("MODULE_FORCE_LOAD")) throw new LoadFailure(ENOEXEC, `${info.name}: ${reason}`);
  if (!host.tainted(TAINT_FORCED_MODULE)) {
    host.log(KERN_WARNING, `${info.moduleName}: ${reason}: kernel tainted.`);
  }
  taintModule(info, TAINT_FORCED_MODULE, "now-unreliable", host);
};

/** check_version() of kernel/module/version.c, for one module. */
export type VersionCheck = (symbol: ByteString, crc: number | undefined) => boolean;

/** The module's version table is read when it is first asked for. */
export const versionCheck = (info: LoadInfo, build: KernelBuild, host: LoadHost): VersionCheck => {
  let versions: Map<ByteString, number> | undefined;
  return (symbol, crc) => {
    // An exporter without CRCs has already tainted the kernel.
    if (crc === undefined || !build.config.has("MODVERSIONS")) return true;
    if (info.index.vers === 0) {
      if (!build.config.has("MODULE_FORCE_LOAD")) return false;
      tryToForceLoad(info, symbol, build, host);
      return true;
    }
    versions ??= moduleVersions(info);
    const wanted = versions.get(symbol);
    if (wanted === crc >>> 0) return true;
    host.log(
      KERN_WARNING,
      wanted === undefined
        ? `${info.name}: no symbol version for ${symbol}`
        : `${info.name}: disagrees about version of symbol ${symbol}`,
    );
    return false;
  };
};

const afterRelease = (magic: ByteString): ByteString => {
  const space = magic.indexOf(" ");
  return space < 0 ? "" : magic.slice(space);
};

/** same_magic(): with CRCs the release, up to the first space, does not count. */
export const sameMagic = (module: ByteString, kernel: ByteString, crcs: "crcs" | "no-crcs"): boolean =>
  crcs === "crcs" ? afterRelease(module) === afterRelease(kernel) : module === kernel;
