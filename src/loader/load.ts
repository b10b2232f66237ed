/**
 * The stages of load_module() (kernel/module/main.c), in its order. The life cycle calls them one by
 * one, because between them it has work of its own:
 *
 *   openModule         (container.ts) the file as user space hands it over, decompressed
 *   prepareModule      signature, ELF checks, names, version of struct module, .modinfo, layout
 *     caller: memory for layout.core.size and layout.init.size (ENOMEM)
 *   moveModule         (image.ts) sections to their final places, in a host-side image
 *     caller: add_unformed_module (EEXIST, EBUSY, waits), under info.moduleName
 *   noteSignature      the "verification failed" notice and taint
 *     caller: percpu_modalloc for layout.percpu (ENOMEM)
 *   linkModule         optional sections, licence, symbols, relocation, text patching, struct
 *                      module; yields while an exporter is in its init
 *     caller: copies the arguments
 *   verifyExportedSymbols  (exports.ts) part of complete_formation()
 *   patchComing        static keys and static calls: the kernel's own COMING notifiers
 *     caller: writes image.core and image.init to guest memory, linked.finalized.percpuBytes to the
 *     per-CPU area, its own members of struct module; protects the pages (area.ts)
 */
import type { Address } from "../base/address.ts";
import { ENOEXEC, EPERM } from "../base/errno.ts";
import type { ByteString } from "../base/bytes.ts";
import { checkElf } from "./elf-validity.ts";
import { LoadFailure } from "./failure.ts";
import { KERN_ERR, KERN_NOTICE, TAINT_UNSIGNED_MODULE } from "./host.ts";
import type { KernelBuild, LoadHost } from "./host.ts";
import { finalizeModule } from "./finalize.ts";
import type { FinalizedModule } from "./finalize.ts";
import { patchFtraceSites } from "./ftrace-sites.ts";
import { moduleExports } from "./exports.ts";
import type { ModuleExport } from "./exports.ts";
import { addJumpLabels } from "./jump-labels.ts";
import type { JumpEntry, StaticKeyState } from "./jump-labels.ts";
import { moduleStructAddress, writeModuleStruct } from "./module-struct.ts";
import { addStaticCalls } from "./static-calls.ts";
import type { StaticCallKeys, StaticCallSite } from "./static-calls.ts";
import type { TextPatching } from "./text-patching.ts";
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
import { checkSignature } from "./signature.ts";
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
  /** Certificates of the kernel's builtin keyring, DER. Called only for signed modules. */
  trustedCertificates(): readonly Uint8Array[];
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
  const signature = checkSignature(bytes, flags, () => request.trustedCertificates(), build, host);
  const elf = checkElf(signature.bytes, host);
  const info = setupLoadInfo(elf, flags, build, host);
  info.sigOk = signature.verified;
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
  readonly patching: TextPatching;
  /** What `call __fentry__` is bound to. */
  readonly fentry: Address;
  readonly info: LoadInfo;
  readonly image: ModuleImage;
  /** Where percpu_modalloc put the per-CPU section: an offset from the per-CPU base. */
  readonly percpu: Address | undefined;
  readonly resolver: SymbolResolver;
  readonly build: KernelBuild;
  readonly host: LoadHost;
}

export interface LinkedModule {
  /** Address of its struct module, THIS_MODULE. */
  readonly structAddress: Address;
  readonly sections: ModuleSections;
  readonly symbols: SymbolValues;
  readonly finalized: FinalizedModule;
  /** Traceable functions' nops. */
  readonly ftraceSites: readonly Address[];
  readonly exports: readonly ModuleExport[];
}

/**
 * find_module_sections, check_module_license_and_versions, simplify_symbols, apply_relocations,
 * post_relocation, ftrace_module_init; then struct module as far as the loader knows it. Yields an
 * OwnerBusy while an exporter is in its init (see symbols.ts). Throws LoadFailure.
 */
export function* linkModule(request: LinkRequest): Generator<OwnerBusy, LinkedModule, OwnerAnswer> {
  const { info, image, percpu, resolver, build, host } = request;
  const sections = findModuleSections(info, image, build, host);
  checkLicenseAndVersions(info, sections, build, host);
  const checkVersion = versionCheck(info, build, host);
  const namespaces = new Set(info.modinfo.all("import_ns"));
  const symbols = yield* simplifySymbols({ info, image, percpu, resolver, checkVersion, namespaces, host });
  applyRelocations(info, image, symbols, host);
  const finalized = finalizeModule(info, image, sections, request.patching);
  const ftraceSites = patchFtraceSites(image, sections.ftraceCallsites, request.fentry);
  writeModuleStruct({ info, image, sections, finalized, percpu, offsets: build.moduleStruct });
  return {
    structAddress: moduleStructAddress(info, image),
    sections,
    symbols,
    finalized,
    ftraceSites,
    exports: moduleExports(image, sections),
  };
}

export interface ComingRequest {
  readonly image: ModuleImage;
  readonly sections: ModuleSections;
  readonly patching: TextPatching;
  /** State of a static key outside the module; undefined where the host knows none. */
  foreignKey(key: Address): StaticKeyState | undefined;
  readonly staticCalls: StaticCallKeys;
}

export interface ComingPatches {
  readonly jumpEntries: readonly JumpEntry[];
  readonly staticCallSites: readonly StaticCallSite[];
}

/** jump_label_module_notify and static_call_module_notify for MODULE_STATE_COMING, on the image. */
export const patchComing = (request: ComingRequest): ComingPatches => {
  const { image, sections, patching } = request;
  return {
    jumpEntries: addJumpLabels(image, sections.jumpEntries, (key) => request.foreignKey(key)),
    staticCallSites: addStaticCalls(image, sections.staticCallSites, request.staticCalls, patching),
  };
};
