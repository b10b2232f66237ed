import type { ByteString } from "../base/bytes.ts";
import { KERN_WARNING, TAINT_PROPRIETARY_MODULE } from "./host.ts";
import type { LoadHost } from "./host.ts";
import type { LoadInfo } from "./load-info.ts";

const GPL_COMPATIBLE: ReadonlySet<ByteString> = new Set([
  "GPL",
  "GPL v2",
  "GPL and additional rights",
  "Dual BSD/GPL",
  "Dual MIT/GPL",
  "Dual MPL/GPL",
]);

/** license_is_gpl_compatible() (include/linux/license.h). */
export const isGplCompatible = (license: ByteString): boolean => GPL_COMPATIBLE.has(license);

/** add_taint_module(): the kernel's word and the module's. */
export const taintModule = (
  info: Pick<LoadInfo, "taints">,
  flag: number,
  lockdep: "still-ok" | "now-unreliable",
  host: Pick<LoadHost, "taint">,
): void => {
  host.taint(flag, lockdep);
  info.taints |= 1 << flag;
};

/** set_license() of kernel/module/main.c. */
export const setLicense = (info: LoadInfo, host: LoadHost): void => {
  const license = info.modinfo.get("license") ?? "unspecified";
  if (isGplCompatible(license)) return;
  if (!host.tainted(TAINT_PROPRIETARY_MODULE)) {
    host.log(KERN_WARNING, `${info.moduleName}: module license '${license}' taints kernel.`);
  }
  taintModule(info, TAINT_PROPRIETARY_MODULE, "now-unreliable", host);
};
