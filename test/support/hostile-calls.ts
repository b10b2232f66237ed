/** Calls kernel functions as a module gone mad would: any stub, any arguments. */
import { readFileSync } from "node:fs";
import type { Address } from "../../src/base/address.ts";
import { GFP_KERNEL } from "../../src/kernel/memory/gfp.ts";
import { callGuest } from "../../src/kernel/routine.ts";
import { type Sandbox, boot } from "../../src/sandbox.ts";
import { type Random, seededRandom } from "./mutator.ts";

const RAM = 64 * 1024 * 1024;
/** Little, so that a loop through a mad structure is found soon. */
const LIMITS = { calls: 20_000, instructions: 3_000_000, seconds: 3600 };
const IDENTITY = { comm: "mad", argv: ["mad"] };
/** The most arguments any function of the kernel takes in registers and on the stack. */
const ARGUMENTS = 8;

const patterns = (text: string): readonly bigint[] => text.split(/\s+/).map((word) => BigInt(word));

const NUMBERS: readonly bigint[] = [
  ...patterns("0 0 1 2 3 7 8 16 64 4095 4096 65536 0x100000 0x10000000 0x7fffffff 0x80000000 0xffffffff"),
  ...patterns("0x100000000 0x10000000000 0x10000000000000 0x20000000000000 0x7fffffffffffffff"),
  ...patterns("0x8000000000000000 0x7fffffffffff").concat([-1n, -2n, -12n, -22n, -4095n, -4096n]),
];
/** Non-canonical, poison, user memory, the vmalloc and fixmap areas, above and below mapped ranges. */
const ADDRESSES: readonly bigint[] = [
  ...patterns(
    "0x800000000000 0xdead000000000100 0xdead000000000122 0x6b6b6b6b6b6b6b6b 0x400000 0x7ffffffff000",
  ),
  ...patterns("0xffff800000000000 0xffffc90000000000 0xffffffff81000000 0xffffffffff5fb000"),
];
const TEXTS: readonly string[] = [
  "",
  "a",
  "/proc/../x",
  "x".repeat(3000),
  "%s%n%s%p%pV%*d%-2147483647d%2147483647s%.2147483647d%lc%hhn",
  "%2147483648d%99999999999999999999d%*.*s%pS%pI6c%pUb%pd%pD%pt%pOF%pfw",
  "[^]%[a-%99999999999c%lld%s",
  "0x" + "f".repeat(70),
  "1-2147483647:1/2,0-,,-",
  'a=b,c="d e",=,\\x\\',
];

interface Stage {
  readonly sandbox: Sandbox;
  /** Guest memory of many kinds. */
  readonly places: readonly Address[];
  readonly snapshot: { restore(): void };
}

/** A page each of zeroes, ones, pointers to itself, noise; and texts, one ending with its page's last byte. */
const furnish = (sandbox: Sandbox, random: Random): readonly Address[] => {
  const { kernel: k } = sandbox;
  const page = (): Address => k.heap.kmalloc(4096, GFP_KERNEL);
  const pages = Array.from({ length: 6 }, page);
  const [, ones = 0, self = 0, noise = 0, mixed = 0] = pages;
  k.memory.fill(ones, 0xff, 4096);
  for (let at = 0; at < 4096; at += 8) {
    k.memory.setPointer(self + at, self);
    k.memory.setU64(noise + at, BigInt(random(2 ** 32)) << BigInt(random(40)));
    k.memory.setPointer(mixed + at, [0, self, noise, 1, -1, mixed + 64][random(6)] ?? 0);
  }
  const texts = TEXTS.map((text) => {
    const at = page();
    k.memory.setCstring(at, text);
    return at;
  });
  return [...pages, ...pages.map((at) => at + 64), ...pages.map((at) => at + 4095), ...texts];
};

const prepare = (random: Random): Stage => {
  const sandbox = boot({ ram: RAM, limits: LIMITS });
  const module = readFileSync(new URL("../../samples/hello/hello.ko", import.meta.url));
  const furniture: { places: readonly Address[] } = { places: [] };
  sandbox.run(IDENTITY, function* (sys) {
    const fd = yield* sys.memfd("module", module);
    yield* sys.finitModule(fd, "", 0);
    furniture.places = furnish(sandbox, random);
    return 0;
  });
  const hello = sandbox.kernel.modules.list.find("hello");
  const functions = ["kfree", "strlen", "printk", "_printk"].map(
    (name) => sandbox.kernel.symbols.address(name) ?? 0,
  );
  const places = [...furniture.places, hello?.exitFunction ?? 0, 0, ...functions];
  return { sandbox, places, snapshot: sandbox.snapshot() };
};

const argumentsFor = (places: readonly Address[], random: Random): readonly bigint[] =>
  Array.from({ length: ARGUMENTS }, () => {
    const from = random(10);
    if (from < 4) return NUMBERS[random(NUMBERS.length)] ?? 0n;
    if (from < 5) return ADDRESSES[random(ADDRESSES.length)] ?? 0n;
    if (from < 6) return BigInt(random(2 ** 32)) * BigInt(random(2 ** 32));
    return BigInt(places[random(places.length)] ?? 0);
  }).map((value) => BigInt.asUintN(64, value));

/** What a call came to. */
export interface HostileCall {
  readonly name: string;
  readonly args: readonly bigint[];
  readonly end: "returned" | "killed" | "stopped" | "waits";
  readonly milliseconds: number;
}

export interface HostileBench {
  /** Functions served by TypeScript, by name. */
  readonly names: readonly string[];
  /** Calls `name` with the arguments of `seed`. Host exceptions come through, with the call in their message. */
  call(name: string, seed: number): HostileCall;
  close(): void;
}

/** What many calls came to. */
export interface HostileRounds {
  readonly broken: readonly string[];
  readonly ends: ReadonlyMap<HostileCall["end"], number>;
  readonly stubs: number;
}

/** Slower is not a call, but a walk without a bound. Much more than any takes, for the machine may be busy. */
const PATIENCE_MS = 15_000;

/** Rounds `from` to `to` for each stub; the same rounds are the same calls. */
export const hostileRounds = (from: number, to: number): HostileRounds => {
  const bench = createHostileBench();
  const broken: string[] = [];
  const ends = new Map<HostileCall["end"], number>();
  for (const [index, name] of bench.names.entries()) {
    for (let round = from; round < to; round += 1) {
      try {
        const { end, milliseconds } = bench.call(name, index * 1000 + round);
        ends.set(end, (ends.get(end) ?? 0) + 1);
        if (milliseconds > PATIENCE_MS) broken.push(`${name}, round ${round}: ${milliseconds} ms`);
      } catch (error) {
        broken.push((error as Error).message);
      }
    }
  }
  bench.close();
  return { broken, ends, stubs: bench.names.length };
};

export const createHostileBench = (): HostileBench => {
  let stage: Stage | undefined = prepare(seededRandom(1));
  const { registry, kernel: first } = stage.sandbox;
  const names = registry
    .all()
    .filter(
      ({ kind, name }) =>
        (kind === "stub" || kind === "registers") && first.symbols.address(name) !== undefined,
    )
    .map(({ name }) => name)
    .toSorted();
  const attempt = ({ sandbox }: Stage, name: string, args: readonly bigint[]): HostileCall["end"] => {
    const { kernel } = sandbox;
    const fn = kernel.symbols.address(name) ?? 0;
    const end = sandbox.run(IDENTITY, function* () {
      yield* callGuest(fn, ...args);
      return 0;
    });
    if (kernel.stopped !== undefined) return "stopped";
    // What it has set going gets its turn.
    sandbox.sleep(3e9);
    if (kernel.stopped !== undefined) return "stopped";
    if (end.stop !== undefined) return "waits";
    return end.signal === 0 ? "returned" : "killed";
  };
  return {
    names,
    call(name, seed) {
      const random = seededRandom(Math.imul(seed + 1, 0x9e3779b1) ^ name.length);
      stage ??= prepare(seededRandom(1));
      const args = argumentsFor(stage.places, random);
      const start = performance.now();
      try {
        const end = attempt(stage, name, args);
        stage.snapshot.restore();
        return { name, args, end, milliseconds: performance.now() - start };
      } catch (error) {
        stage.sandbox.close();
        stage = undefined;
        const shown = args.map((value) => `0x${value.toString(16)}`).join(", ");
        throw new Error(`${name}(${shown}), seed ${seed}: ${(error as Error).stack}`, { cause: error });
      }
    },
    close() {
      stage?.sandbox.close();
      stage = undefined;
    },
  };
};
