import { type Address, hex16 } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { Kernel } from "../kernel.ts";
import { MODULE_STATE, type Module } from "../modules/module.ts";
import { moduleTaintLetters } from "../oops/taint.ts";

const STATES = { [MODULE_STATE.GOING]: "Unloading", [MODULE_STATE.COMING]: "Loading" };

const hex = (address: Address): ByteString => `0x${hex16(address)}`;

/** " 1 t_exp_b, " (print_unload_info): the count, and who depends on it. */
const usage = (k: Kernel, module: Module): ByteString => {
  const users = k.modules.users(module).map(({ name }) => `${name},`);
  if (module.initFunction !== 0 && module.exitFunction === 0) users.push("[permanent],");
  return ` ${k.modules.references.count(module)} ${users.join("") || "-"}`;
};

/** module_flags() with the state shown. */
const flags = (module: Module, state: number): ByteString => {
  const going = state === MODULE_STATE.GOING ? "-" : "";
  const coming = state === MODULE_STATE.COMING ? "+" : "";
  const text = moduleTaintLetters(module.taints) + going + coming;
  return text === "" ? "" : ` (${text})`;
};

/** /proc/modules (kernel/module/procfs.c). */
export const procModules = (k: Kernel): ByteString =>
  k.modules.list
    .all()
    .filter((module) => k.modules.list.state(module) !== MODULE_STATE.UNFORMED)
    .map((module) => {
      const state = k.modules.list.state(module);
      const size = module.core.size + module.init.size;
      const named = STATES[state as keyof typeof STATES] ?? "Live";
      return `${module.name} ${size}${usage(k, module)} ${named} ${hex(module.core.base)}${flags(module, state)}\n`;
    })
    .join("");
