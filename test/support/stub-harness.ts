/** Calls stubs without a machine: fake memory, real decoding and encoding, scripted guest functions. */
import { registerFile } from "../../src/abi/calls.ts";
import { type Address, toAddress, toPattern } from "../../src/base/address.ts";
import { createJournal } from "../../src/kernel/journal.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { callGuest } from "../../src/kernel/routine.ts";
import { openProfile } from "../../src/profile/profile.ts";
import { createStructViews } from "../../src/profile/struct-view.ts";
import { type Binder, createBinder } from "../../src/stub/bind.ts";
import type { Stub } from "../../src/stub/declare.ts";
import { createFakeMemory, type FakeMemory } from "./fake-memory.ts";

export type GuestFunction = (...args: readonly bigint[]) => bigint | number;

export interface StubHarness {
  readonly k: Kernel;
  readonly memory: FakeMemory;
  readonly userMemory: FakeMemory;
  readonly binder: Binder;
  readonly log: string[];
  /** Names a host function as guest code; returns its address. */
  guest(fn: GuestFunction): Address;
  /** Places a string and returns its address. */
  string(text: string): Address;
  /** Reserves zeroed bytes and returns their address. */
  room(length: number): Address;
  /** Calls with pattern arguments; answers with RAX. */
  rax(stub: Stub, ...args: readonly (number | bigint)[]): bigint;
  /** As `rax`, as a signed number. */
  call(stub: Stub, ...args: readonly (number | bigint)[]): number;
}

const ORDER = [7, 6, 2, 1, 8, 9];
const HEAP = -0x7780_0000_0000;
const STACK = -0x3700_0000_0000;
const CODE = -0x4000_0000;

const profile = openProfile(
  new URL("../../kernel-stubs/profiles/6.1.0-56-amd64.kprofile", import.meta.url).pathname,
);

export const createStubHarness = (overrides: Partial<Kernel> = {}): StubHarness => {
  const memory = createFakeMemory();
  const userMemory = createFakeMemory();
  const log: string[] = [];
  const functions: GuestFunction[] = [];
  const registers = registerFile(new BigUint64Array(18));
  let next = HEAP;
  memory.map(HEAP, 1 << 23);
  memory.map(STACK, 4096);
  const views = createStructViews(profile, memory);
  const room = (length: number): Address => {
    const at = next;
    next += Math.ceil((length + 1) / 64) * 64;
    return at;
  };
  const k = {
    profile,
    struct: views.view,
    sizeOf: views.sizeOf,
    offsetOf: views.offsetOf,
    statics: { allocate: room },
    memory,
    userMemory,
    journal: createJournal(),
    executor: { current: () => undefined },
    symbols: {
      address: () => undefined,
      lookup: () => undefined,
      format: (address: Address) => `${address}`,
    },
    call: callGuest,
    printk: (level: number, text: string) => log.push(`<${level}>${text}`),
    ...overrides,
  } as unknown as Kernel;
  const binder = createBinder(k);

  const pass = (args: readonly (number | bigint)[]): void => {
    registers.u64.fill(0n);
    registers.u64[4] = toPattern(STACK + 2048);
    args.forEach((arg, index) => {
      const pattern = BigInt.asUintN(64, BigInt(arg));
      const register = ORDER[index];
      if (register === undefined) memory.setU64(STACK + 2048 + 8 + (index - 6) * 8, pattern);
      else registers.u64[register] = pattern;
    });
  };
  const rax = (stub: Stub, ...args: readonly (number | bigint)[]): bigint => {
    pass(args);
    const outcome = binder.bind(stub).invoke(registers);
    if (outcome === undefined) return registers.u64[0] ?? 0n;
    if (outcome.kind !== "routine") throw new Error(`${stub.name} waits`);
    let step = outcome.routine.next(0n);
    while (!step.done) {
      const request = step.value;
      if (request.kind !== "call") throw new Error(`${stub.name} waits`);
      const result = functions[request.fn - CODE]?.(
        ...request.args.map((arg) => BigInt.asUintN(64, BigInt(arg))),
      );
      step = outcome.routine.next(BigInt.asUintN(64, BigInt(result ?? 0)));
    }
    outcome.finish(step.value);
    return registers.u64[0] ?? 0n;
  };
  return {
    k,
    memory,
    userMemory,
    binder,
    log,
    room,
    rax,
    call: (stub, ...args) => toAddress(rax(stub, ...args)),
    guest: (fn) => CODE + functions.push(fn) - 1,
    string(text) {
      const at = room(text.length + 1);
      memory.setCstring(at, text);
      return at;
    },
  };
};
