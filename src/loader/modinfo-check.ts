import type { ByteString } from "../base/bytes.ts";
import { ENOEXEC } from "../base/errno.ts";
import { LoadFailure } from "./failure.ts";
import {
  KERN_ERR,
  KERN_NOTICE,
  KERN_WARNING,
  TAINT_CRAP,
  TAINT_LIVEPATCH,
  TAINT_OOT_MODULE,
  TAINT_TEST,
} from "./host.ts";
import type { KernelBuild, LoadHost } from "./host.ts";
import { setLicense, taintModule } from "./license.ts";
import { MODULE_INIT_IGNORE_VERMAGIC } from "./load-info.ts";
import type { LoadInfo } from "./load-info.ts";
import { sameMagic, tryToForceLoad } from "./versions.ts";

const reject = (host: LoadHost, text: ByteString): never => {
  host.log(KERN_ERR, text);
  throw new LoadFailure(ENOEXEC, text);
};

const checkVermagic = (info: LoadInfo, flags: number, build: KernelBuild, host: LoadHost): void => {
  const magic = (flags & MODULE_INIT_IGNORE_VERMAGIC) !== 0 ? undefined : info.modinfo.get("vermagic");
  if (magic === undefined) return tryToForceLoad(info, "bad vermagic", build, host);
  const crcs = build.config.has("MODVERSIONS") && info.index.vers !== 0 ? "crcs" : "no-crcs";
  if (!sameMagic(magic, build.vermagic, crcs)) {
    reject(host, `${info.name}: version magic '${magic}' should be '${build.vermagic}'`);
  }
};

/** check_modinfo_retpoline() and retpoline_module_ok() (arch/x86/kernel/cpu/bugs.c). */
const checkRetpoline = (info: LoadInfo, build: KernelBuild, host: LoadHost): void => {
  if (!build.config.has("RETPOLINE") || info.modinfo.get("retpoline") !== undefined) return;
  host.log(KERN_ERR, "Spectre V2 : System may be vulnerable to spectre v2");
  host.log(KERN_WARNING, `${info.moduleName}: loading module not compiled with retpoline compiler.`);
};

const checkLivepatch = (info: LoadInfo, build: KernelBuild, host: LoadHost): void => {
  if (info.modinfo.get("livepatch") === undefined) return;
  if (!build.config.has("LIVEPATCH")) {
    reject(
      host,
      `${info.moduleName}: module is marked as livepatch module, but livepatch support is disabled`,
    );
  }
  taintModule(info, TAINT_LIVEPATCH, "still-ok", host);
  if (host.once("livepatch")) {
    host.log(KERN_NOTICE, `${info.moduleName}: tainting kernel with TAINT_LIVEPATCH`);
  }
};

/**
 * check_modinfo() of kernel/module/main.c: version magic, then every taint that .modinfo decides,
 * in its order. `flags` are finit_module's. Throws LoadFailure.
 */
export const checkModinfo = (info: LoadInfo, flags: number, build: KernelBuild, host: LoadHost): void => {
  const { modinfo, moduleName } = info;
  checkVermagic(info, flags, build, host);
  if (modinfo.get("intree") === undefined) {
    if (!host.tainted(TAINT_OOT_MODULE)) {
      host.log(KERN_WARNING, `${moduleName}: loading out-of-tree module taints kernel.`);
    }
    taintModule(info, TAINT_OOT_MODULE, "still-ok", host);
  }
  checkRetpoline(info, build, host);
  if (modinfo.get("staging") !== undefined) {
    taintModule(info, TAINT_CRAP, "still-ok", host);
    host.log(
      KERN_WARNING,
      `${moduleName}: module is from the staging directory, the quality is unknown, you have been warned.`,
    );
  }
  checkLivepatch(info, build, host);
  setLicense(info, host);
  if (modinfo.get("test") !== undefined) {
    if (!host.tainted(TAINT_TEST)) {
      host.log(KERN_WARNING, `${moduleName}: loading test module taints kernel.`);
    }
    taintModule(info, TAINT_TEST, "still-ok", host);
  }
};
