import { type Address, toAddress } from "../../base/address.ts";
import { GuestFault } from "../../base/errors.ts";
import { RBP, RSP } from "../../abi/calls.ts";
import type { Task } from "../task.ts";
import type { TraceHost } from "./call-trace.ts";
import { unwindNext } from "./unwind.ts";

const read = (host: Pick<TraceHost, "memory">, address: Address): Address | undefined => {
  try {
    return host.memory.pointer(address);
  } catch (error) {
    if (error instanceof GuestFault) return undefined;
    throw error;
  }
};

/**
 * Return addresses of a task that stands in a stub, innermost first, at most `limit`, down to the host
 * code that called the guest. Nothing is looked up: cheap enough for every allocation.
 */
export const returnAddresses = (
  host: Pick<TraceHost, "memory" | "orc" | "isHostReturn">,
  task: Task,
  registers: BigUint64Array,
  limit: number,
): Address[] => {
  const sp = toAddress(registers[RSP] ?? 0n);
  const found: Address[] = [];
  let ip = read(host, sp);
  let state = { ip: 0, sp: sp + 8, bp: toAddress(registers[RBP] ?? 0n) };
  while (ip !== undefined && found.length < limit && !host.isHostReturn(ip)) {
    found.push(ip);
    const next = unwindNext({ memory: host.memory, orc: host.orc, stack: task.stack }, { ...state, ip });
    if (next === undefined) break;
    state = next;
    ({ ip } = next);
  }
  // A function that host code called, and that ends in a jump to the stub, has left nothing on the stack.
  const entered = found.length === 0 ? task.frames.findLast((frame) => frame.kind === "guest") : undefined;
  return entered?.kind === "guest" ? [entered.fn] : found;
};
