import { readFileSync } from "node:fs";
import { toAddress } from "../../src/base/address.ts";
import type { Address } from "../../src/base/address.ts";
import type { KernelBuild, LoadHost, StructOffsets } from "../../src/loader/host.ts";
import { linkModule, noteSignature, prepareModule } from "../../src/loader/load.ts";
import type { LinkedModule, PreparedModule } from "../../src/loader/load.ts";
import { moveModule } from "../../src/loader/image.ts";
import type { ModuleBases, ModuleImage } from "../../src/loader/image.ts";
import type { SymbolResolver } from "../../src/loader/symbols.ts";
import type { TextPatching } from "../../src/loader/text-patching.ts";
import { textPatching } from "../../src/kernel/boot/text-patching.ts";
import { openProfile } from "../../src/profile/profile.ts";
import type { Profile } from "../../src/profile/profile.ts";

const PROFILE = new URL("../../kernel-stubs/profiles/6.1.0-56-amd64.kprofile", import.meta.url);

let opened: Profile | undefined;
/** The embedded default profile. */
export const debianProfile = (): Profile => (opened ??= openProfile(PROFILE.pathname));

export interface RecordingHost extends LoadHost {
  /** "<level>text" */
  readonly lines: string[];
  readonly taints: Set<number>;
}

/** A kernel that just booted: nothing tainted, nothing said. */
export const recordingHost = (): RecordingHost => {
  const lines: string[] = [];
  const said = new Set<string>();
  const taints = new Set<number>();
  return {
    lines,
    taints,
    log: (level, text) => lines.push(`<${level}>${text}`),
    once: (key) => !said.has(key) && said.add(key).size > 0,
    tainted: (flag) => taints.has(flag),
    taint(flag, lockdep) {
      if (lockdep === "now-unreliable" && !said.has("debug_locks")) {
        said.add("debug_locks");
        lines.push("<4>Disabling lock debugging due to kernel taint");
      }
      taints.add(flag);
    },
    formatPointer: () => "(____ptrval____)",
  };
};

/** Offsets of nested members, by walking the profile's layouts. */
const offsetsOf = (profile: Profile, name: string): StructOffsets => {
  const find = (struct: string, path: readonly string[]): number | undefined => {
    const field = profile.struct(struct)?.field(path[0] ?? "");
    if (field === undefined) return undefined;
    if (path.length === 1) return field.offset;
    const inner = field.type.kind === "struct" ? find(field.type.struct, path.slice(1)) : undefined;
    return inner === undefined ? undefined : field.offset + inner;
  };
  return { size: profile.struct(name)?.size ?? 0, offset: (path) => find(name, path.split(".")) };
};

export const debianBuild = (): KernelBuild => {
  const profile = debianProfile();
  return {
    vermagic: profile.vermagic,
    config: { has: (option) => profile.config(`CONFIG_${option}`) === "y" || profile.config(option) === "y" },
    moduleStruct: offsetsOf(profile, "module"),
  };
};

/** The kernel's exports at their true addresses. */
export const debianResolver = (): SymbolResolver => ({
  findSymbol(name, gplOk) {
    const found = debianProfile().symbol(name);
    if (found === undefined || (found.gpl && !gplOk)) return undefined;
    const { address: value, crc, gpl: gplOnly, namespace } = found;
    return { value, crc, gplOnly, namespace, owner: undefined };
  },
  refModule: () => 0,
});

const kernelAddress = (name: string): Address => debianProfile().kernelSymbol(name)?.address ?? 0;

let patching: TextPatching | undefined;
/** How the recorded machine patched text: as the sandbox does. */
export const recordedPatching = (): TextPatching => (patching ??= textPatching(debianProfile()));

export const moduleFile = (path: string): Uint8Array => readFileSync(new URL(`../${path}`, import.meta.url));

export interface LoadedForTest {
  readonly prepared: PreparedModule;
  readonly image: ModuleImage;
  readonly linked: LinkedModule;
  readonly host: RecordingHost;
}

const FIRST_MODULE = toAddress(0xffffffffc0201000n);
const FILE_COPY = toAddress(0xffffc900005b1000n);

/** Bases as module_alloc() gives them on a fresh boot: a guard page behind each area. */
export const firstBases = (prepared: PreparedModule): ModuleBases => ({
  core: FIRST_MODULE,
  init: FIRST_MODULE + prepared.layout.core.size + 4096,
  file: FILE_COPY,
});

export interface LoadOptions {
  readonly host?: RecordingHost;
  readonly resolver?: SymbolResolver;
  readonly percpu?: Address;
  readonly flags?: number;
  readonly trustedCertificates?: () => readonly Uint8Array[];
}

/** All stages up to relocation, as the first module of a boot. */
export const loadForTest = (bytes: Uint8Array, options: LoadOptions = {}): LoadedForTest => {
  const host = options.host ?? recordingHost();
  const resolver = options.resolver ?? debianResolver();
  const build = debianBuild();
  const prepared = prepareModule({
    bytes,
    flags: options.flags ?? 0,
    build,
    host,
    trustedCertificates: options.trustedCertificates ?? (() => debianProfile().certificates()),
    moduleLayoutCrc: resolver.findSymbol("module_layout", true)?.crc,
  });
  const image = moveModule(prepared.info, prepared.layout, firstBases(prepared));
  noteSignature(prepared.info, build, host);
  const steps = linkModule({
    info: prepared.info,
    image,
    percpu: options.percpu,
    resolver,
    build,
    host,
    patching: recordedPatching(),
    fentry: kernelAddress("__fentry__"),
  });
  let step = steps.next();
  while (step.done !== true) step = steps.next("gave-up");
  return { prepared, image, linked: step.value, host };
};
