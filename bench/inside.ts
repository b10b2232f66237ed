/** The benchmarks that need kobox's insides; bundled into dist/bench.js. */
import { callGuest } from "../src/kernel/routine.ts";
import { bringUp } from "../src/kernel/modules/load.ts";
import { takeSnapshot } from "../src/kernel/snapshot.ts";
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
  run(sandbox, SPARE_TEXT, 2000);
  let least = Infinity;
  for (let round = 0; round < 5; round += 1) {
    const start = process.hrtime.bigint();
    run(sandbox, SPARE_TEXT, calls);
    least = Math.min(least, Number(process.hrtime.bigint() - start) / calls);
  }
  sandbox.close();
  return least;
};

/** How often a second hello's init and exit run from a snapshot taken just before init. */
export const helloRate = (file: Uint8Array, times: number): number => {
  const sandbox = boot();
  const { kernel } = sandbox;
  let [init, exit] = [0, 0];
  sandbox.run(IDENTITY, function* () {
    const module = yield* bringUp(kernel.modules, file, "", 0);
    init = module.initFunction;
    exit = module.exitFunction;
    return 0;
  });
  const snapshot = takeSnapshot(kernel);
  const once = (): void => {
    sandbox.run(IDENTITY, function* () {
      yield* callGuest(init);
      yield* callGuest(exit);
      return 0;
    });
    snapshot.restore();
  };
  for (let warm = 0; warm < 500; warm += 1) once();
  const start = process.hrtime.bigint();
  for (let index = 0; index < times; index += 1) once();
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  sandbox.close();
  return times / seconds;
};
