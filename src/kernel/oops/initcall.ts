import type { Address } from "../../base/address.ts";
import { RFLAGS } from "../../abi/calls.ts";
import type { Task } from "../task.ts";
import type { OopsHost } from "./host.ts";
import { hostIncident } from "./incident.ts";
import { FLAGS_IF } from "./registers.ts";
import { symbolText } from "./symbol-text.ts";
import { warn } from "./warn.ts";

/** WARN of do_one_initcall() in Debian's 6.1.0-56-amd64. */
const IMBALANCE = {
  source: "init/main.c:1284",
  at: "do_one_initcall+0x1d7/0x220",
  code: "c6 03 e5 32 82 4c 89 e7 e8 86 a9 9e 00 fb 0f 1f 44 00 00 e9 c0 fe ff ff 4c 89 e2 48 89 de 48 c7 c7 08 e9 32 82 e8 09 f4 09 00 <0f> 0b e9 b1 fe ff ff bd ff ff ff ff e9 b0 fe ff ff e8 a3 60 a4 00",
} as const;

/**
 * What do_one_initcall() (init/main.c) checks when an init function is back: preemption as before it,
 * interrupts on. Puts both right and warns of what was not. `before`: preempt_count before the call.
 */
export const checkInitcall = (host: OopsHost, task: Task, fn: Address, before: number): void => {
  let text = "";
  if (host.preemptCount() !== before) {
    text += "preemption imbalance ";
    host.setPreemptCount(before);
  }
  const flags = host.registers[RFLAGS] ?? 0n;
  if ((flags & FLAGS_IF) === 0n) {
    text += "disabled interrupts ";
    host.registers[RFLAGS] = flags | FLAGS_IF;
  }
  if (text === "") return;
  const message = `initcall ${symbolText(host.symbols, fn)} returned with ${text}`;
  warn(host, hostIncident(host, task, IMBALANCE, {}), { message });
};
