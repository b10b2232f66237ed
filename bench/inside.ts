/** The benchmarks that need kobox's insides; bundled into dist/bench.js. */
import { readFileSync } from "node:fs";
import { type Armed, arm } from "../src/analysis/armed.ts";
import { openLedger } from "../src/analysis/ledger/ledger.ts";
import { watchHeap } from "../src/analysis/sanitizers/heap.ts";
import { callGuest } from "../src/kernel/routine.ts";
import { type Sandbox, boot } from "../src/sandbox.ts";

const IDENTITY = { comm: "bench", argv: ["bench"] };

/** Machine code as close to the kernel's end of text as nothing else is. */
const SPARE_TEXT = -0x7e00_0000;

const pattern32 = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >> shift) & 0xff);

const run = (sandbox: Sandbox, fn: number, ...args: number[]): void => {
  sandbox.run(IDENTITY, function* () {
    yield* callGuest(fn, ...args);
    return 0;
  });
};

/** CPU nanoseconds of one `act`, the least of several rounds: other work on the machine does not count. */
const cost = (times: number, act: () => void): number => {
  for (let warm = 0; warm < times / 10; warm += 1) act();
  let least = Infinity;
  for (let round = 0; round < 5; round += 1) {
    const start = process.cpuUsage();
    for (let index = 0; index < times / 5; index += 1) act();
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, ((user + system) * 1000) / (times / 5));
  }
  return least;
};

/** Nanoseconds of one call of a trivial stub out of a guest loop: `do is_vmalloc_addr(p); while (--n)`. */
export const stubRoundTrip = (calls: number): number => {
  const sandbox = boot();
  const { kernel } = sandbox;
  const target = kernel.profile.symbol("is_vmalloc_addr")?.address ?? 0;
  // push rbx; mov ebx,edi; 1: mov rdi,rsp; call target; dec ebx; jnz 1b; pop rbx; ret
  const head = [0x53, 0x89, 0xfb, 0x48, 0x89, 0xe7];
  const call = SPARE_TEXT + head.length + 5;
  const code = [...head, 0xe8, ...pattern32(target - call), 0xff, 0xcb, 0x75, 0xf4, 0x5b, 0xc3];
  kernel.image.placeCode(SPARE_TEXT, Uint8Array.from(code));
  const nanoseconds = cost(10, () => run(sandbox, SPARE_TEXT, calls / 10));
  sandbox.close();
  return nanoseconds / (calls / 10);
};

/** Sandboxes without the sanitizers, and with them. */
const SANDBOXES = {
  plain: () => boot(),
  watched() {
    const sandbox = boot({ checks: true });
    watchHeap(sandbox, openLedger(sandbox.kernel, sandbox.binder));
    return sandbox;
  },
} as const;

type Kind = keyof typeof SANDBOXES;

/** Nanoseconds of one turn of a guest loop that does little but read and write memory. */
export const memoryCost = (turns: number, kind: Kind): number => {
  const sandbox = SANDBOXES[kind]();
  const object = sandbox.kernel.heap.kmalloc(64, 0);
  // 1: mov rax,[rdi]; add rax,rsi; mov [rdi+8],rax; mov rdx,[rdi+16]; mov [rdi+24],rdx; dec rsi; jnz 1b; ret
  const loop = [0x48, 0x8b, 0x07, 0x48, 0x01, 0xf0, 0x48, 0x89, 0x47, 0x08, 0x48, 0x8b, 0x57, 0x10];
  const end = [0x48, 0x89, 0x57, 0x18, 0x48, 0xff, 0xce, 0x75, 0xe9, 0xc3];
  sandbox.kernel.image.placeCode(SPARE_TEXT, Uint8Array.from([...loop, ...end]));
  const nanoseconds = cost(10, () => run(sandbox, SPARE_TEXT, object, turns / 10));
  sandbox.close();
  return nanoseconds / (turns / 10);
};

const armHello = (sandbox: Sandbox, path: string): Armed => {
  const armed = arm(sandbox, { bytes: readFileSync(path) });
  if (armed.kind !== "armed") throw new Error(`hello does not load: ${JSON.stringify(armed)}`);
  sandbox.kernel.machine.engine.coverage.start();
  return armed;
};

/** Nanoseconds of one execution of hello's init, as a fuzzer does it: run, look at the result, go back. */
export const initCost = (times: number, path: string, kind: Kind): number => {
  const sandbox = SANDBOXES[kind]();
  const runner = armHello(sandbox, path).runner();
  const { coverage } = sandbox.kernel.machine.engine;
  let edges = 0;
  const nanoseconds = cost(times, () => {
    if (runner.run().kind !== "returned") throw new Error("hello's init did not return");
    edges += coverage.newEdges();
    runner.restore();
  });
  sandbox.close();
  return edges < 0 ? 0 : nanoseconds;
};

/** The same for all of insmod's second half, and rmmod: notifiers, sysfs, memory given back. */
export const lifeCost = (times: number, path: string): number => {
  const sandbox = boot();
  const armed = armHello(sandbox, path);
  const nanoseconds = cost(times, () => {
    armed.init();
    armed.exit();
    armed.restore();
  });
  sandbox.close();
  return nanoseconds;
};

/** CPU nanoseconds of each of `n` things that growth.ko (a module file at `path`) makes; the boot is not counted. */
export const growthCost = (n: number, path: string, mode: string): number => {
  const sandbox = boot();
  const bytes = readFileSync(path);
  const start = process.cpuUsage();
  const { stop, code } = sandbox.run({ comm: "insmod", argv: ["insmod"] }, function* (sys) {
    const fd = yield* sys.memfd("module", bytes);
    yield* sys.finitModule(fd, `mode=${mode} n=${n}`, 0);
    return 0;
  });
  const { user, system } = process.cpuUsage(start);
  if (stop !== undefined || code !== 0) throw new Error(`growth.ko, ${n} ${mode}: ${stop?.message}`);
  sandbox.close();
  return ((user + system) * 1000) / n;
};
