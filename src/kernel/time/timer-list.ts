/** /proc/timer_list (kernel/time/timer_list.c): the high-resolution timers, without the kernel's own. */
import { hostArgs } from "../../abi/varargs.ts";
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { Kernel } from "../kernel.ts";
import { format } from "../printf/format.ts";

/** enum hrtimer_base_type: the clocks of the first four bases; four soft ones follow. */
const BASES = [1, 0, 7, 11] as const;

const print = (k: Kernel, text: ByteString, ...values: readonly (number | bigint)[]): ByteString =>
  format(text, hostArgs(values.map((value) => BigInt.asUintN(64, BigInt(value)))), k.format).text;

const timerLines = (k: Kernel, timer: Address, index: number, now: bigint): ByteString => {
  const { function: fn, state, _softexpires: soft, node } = k.struct("hrtimer", timer);
  const hard = node.expires;
  return (
    print(k, " #%d: <%p>, %ps, S:%02x\n", index, timer, fn, state) +
    ` # expires at ${soft}-${hard} nsecs [in ${soft - now} to ${hard - now} nsecs]\n`
  );
};

const baseLines = (k: Kernel, index: number, timers: readonly Address[]): ByteString => {
  const clock = BASES[index % BASES.length] ?? 1;
  const base = k.hrtimers.base(clock);
  const since = BigInt(Math.floor(k.clock.now()));
  const isReal = clock === 0 || clock === 11;
  const offset = isReal ? k.clock.realtime() - since : 0n;
  const soft = index < BASES.length ? 0 : 1;
  const own = timers.filter((timer) => {
    const view = k.struct("hrtimer", timer);
    return view.base === base && view.is_soft === soft;
  });
  return (
    ` clock ${index}:\n` +
    print(k, "  .base:       %p\n", base) +
    `  .index:      ${index}\n  .resolution: 1 nsecs\n` +
    print(k, "  .get_time:   %ps\n", k.struct("hrtimer_clock_base", base).get_time) +
    `  .offset:     ${offset} nsecs\nactive timers:\n` +
    own.map((timer, at) => timerLines(k, timer, at, since + offset)).join("")
  );
};

export const timerList = (k: Kernel): ByteString => {
  const timers = k.hrtimers.list();
  const count = 2 * BASES.length;
  const bases = Array.from({ length: count }, (_, index) => baseLines(k, index, timers)).join("");
  const head = `Timer List Version: v0.9\nHRTIMER_MAX_CLOCK_BASES: ${count}\nnow at ${Math.floor(k.clock.now())} nsecs\n\n`;
  return `${head}cpu: 0\n${bases}  .hres_active    : 1\njiffies: ${k.clock.jiffies()}\n\n`;
};
