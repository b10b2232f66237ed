/**
 * The stages of load_module() (kernel/module/main.c), in its order. The life cycle calls them one by
 * one, because between them it has work of its own:
 *
 *   prepareModule      signature, ELF checks, names, version of struct module, .modinfo, layout
 *     caller: memory for layout.core.size and layout.init.size (ENOMEM)
 *   moveModule         sections to their final places, in a host-side image
 *     caller: add_unformed_module (EEXIST, EBUSY, waits), under info.moduleName
 *   noteSignature      the "verification failed" notice and taint
 *     caller: percpu_modalloc for layout.percpu (ENOMEM)
 *   linkModule         optional sections, licence, symbols, relocations; yields while it waits
 *     caller: arguments, dynamic debug, ftrace; writes the image to guest memory
 */
import type { Address } from "../base/address.ts";
import { ENOEXEC, EPERM } from "../base/errno.ts";
import type { ByteString } from "../base/bytes.ts";
import { checkElf } from "./elf-validity.ts";
import { LoadFailure } from "./failure.ts";
import { KERN_ERR, KERN_NOTICE, TAINT_UNSIGNED_MODULE } from "./host.ts";
import type { KernelBuild, LoadHost } from "./host.ts";
import type { ModuleImage } from "./image.ts";
import { layoutModule } from "./layout.ts";
import type { ModuleLayout } from "./layout.ts";
import { taintModule } from "./license.ts";
import { setupLoadInfo } from "./load-info.ts";
import type { LoadInfo } from "./load-info.ts";
import { checkModinfo } from "./modinfo-check.ts";
import { checkLicenseAndVersions, findModuleSections } from "./module-sections.ts";
import type { ModuleSections } from "./module-sections.ts";
import { applyRelocations } from "./relocate.ts";
import { simplifySymbols } from "./symbols.ts";
import type { OwnerAnswer, OwnerBusy, SymbolResolver, SymbolValues } from "./symbols.ts";
import { versionCheck } from "./versions.ts";

export interface PrepareRequest {
  /** The whole file, decompressed. Borrowed; never written. */
  readonly bytes: Uint8Array;
  /** finit_module(2) flags; 0 for init_module. */
  readonly flags: number;
  readonly build: KernelBuild;
  readonly host: LoadHost;
  /** CRC of the kernel's own module_layout. */
  readonly moduleLayoutCrc: number | undefined;
  /** module_blacklist= */
  readonly blacklist?: ReadonlySet<ByteString>;
}

export interface PreparedModule {
  readonly info: LoadInfo;
  readonly layout: ModuleLayout;
}

/** Everything before memory is needed. Throws LoadFailure. */
export const prepareModule = (request: PrepareRequest): PreparedModule => {
  const { bytes, flags, build, host } = request;
  const elf = checkElf(bytes, host);
  const info = setupLoadInfo(elf, flags, build, host);
  if (request.blacklist?.has(info.name) === true) {
    const text = `Module ${info.name} is blacklisted`;
    host.log(KERN_ERR, text);
    throw new LoadFailure(EPERM, text);
  }
  if (!versionCheck(info, build, host)("module_layout", request.moduleLayoutCrc)) {
    throw new LoadFailure(ENOEXEC, `${info.name}: built for another struct module`);
  }
  checkModinfo(info, flags, build, host);
  return { info, layout: layoutModule(info, host) };
};

/** After the module is in the list: what an unverified signature means. */
export const noteSignature = (info: LoadInfo, build: KernelBuild, host: LoadHost): void => {
  if (info.sigOk || !build.config.has("MODULE_SIG")) return;
  if (host.once("module-verification")) {
    host.log(
      KERN_NOTICE,
      `${info.moduleName}: module verification failed: signature and/or required key missing - tainting kernel`,
    );
  }
  taintModule(info, TAINT_UNSIGNED_MODULE, "still-ok", host);
};

export interface LinkRequest {
  readonly info: LoadInfo;
  readonly image: ModuleImage;
  /** Where percpu_modalloc put the per-CPU section: an offset from the per-CPU base. */
  readonly percpu: Address | undefined;
  readonly resolver: SymbolResolver;
  readonly build: KernelBuild;
  readonly host: LoadHost;
}

export interface LinkedModule {
  readonly sections: ModuleSections;
  readonly symbols: SymbolValues;
}

/**
 * find_module_sections, check_module_license_and_versions, simplify_symbols, apply_relocations.
 * Yields an OwnerBusy while an exporter is in its init (see symbols.ts). Throws LoadFailure.
 */
export function* linkModule(request: LinkRequest): Generator<OwnerBusy, LinkedModule, OwnerAnswer> {
  const { info, image, percpu, resolver, build, host } = request;
  const sections = findModuleSections(info, image, build, host);
  checkLicenseAndVersions(info, sections, build, host);
  const checkVersion = versionCheck(info, build, host);
  const symbols = yield* simplifySymbols({ info, image, percpu, resolver, checkVersion, host });
  applyRelocations(info, image, symbols, host);
  return { sections, symbols };
}
