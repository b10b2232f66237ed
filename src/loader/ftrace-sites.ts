import type { Address } from "../base/address.ts";
import { toAddress } from "../base/address.ts";
import { imageBytes } from "./image.ts";
import type { ModuleImage } from "./image.ts";
import { tableBytes } from "./loaded-table.ts";
import type { Table } from "./module-sections.ts";
import { branch32, CALL_OPCODE, equalBytes, nopOf } from "./text-patching.ts";

/**
 * ftrace_module_init(): every `call __fentry__` listed in __mcount_loc becomes a nop. Answers with
 * the sites that are traceable from then on; others, which the kernel warns of, are left alone.
 */
export const patchFtraceSites = (image: ModuleImage, callsites: Table, fentry: Address): Address[] => {
  const table = tableBytes(image, callsites, 8);
  const patched: Address[] = [];
  if (table === undefined) return patched;
  for (let i = 0; i < callsites.count; i += 1) {
    const site = toAddress(table.view.getBigUint64(i * 8, true));
    const code = imageBytes(image, site, 5);
    if (code === undefined || !equalBytes(code, branch32(CALL_OPCODE, site, fentry))) continue;
    code.set(nopOf(5));
    patched.push(site);
  }
  return patched;
};
