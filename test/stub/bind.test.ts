import { describe, expect, it, vi } from "vitest";
import { registerFile } from "../../src/abi/calls.ts";
import { EINVAL, ENOMEM } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { block } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";
import { guestFunction } from "../../src/stub/guest-function.ts";
import { createStubHarness } from "../support/stub-harness.ts";

const ONES = 2n ** 64n - 1n;
const throwing = (errno: number) => (): never => {
  throw new Errno(errno);
};

describe("results", () => {
  const { rax } = createStubHarness();

  it("are encoded by the return type", () => {
    expect(rax(stub("int f(void)", () => -1))).toBe(ONES);
    expect(rax(stub("unsigned int f(void)", () => 0xffff_ffff))).toBe(0xffff_ffffn);
    expect(rax(stub("unsigned int f(void)", () => -1))).toBe(0xffff_ffffn);
    expect(rax(stub("u8 f(void)", () => 0x1ff))).toBe(0xffn);
    expect(rax(stub("bool f(void)", () => true))).toBe(1n);
    expect(rax(stub("void f(void)", () => {}))).toBe(0n);
    expect(rax(stub("long f(void)", () => -5n))).toBe(ONES - 4n);
    expect(rax(stub("unsigned long f(void)", () => 2 ** 40))).toBe(2n ** 40n);
    expect(rax(stub("void *f(void)", () => -4096))).toBe(ONES - 4095n);
    expect(rax(stub("size_t f(void)", () => 2 ** 64))).toBe(ONES);
    expect(rax(stub("loff_t f(void)", () => 2 ** 63))).toBe(ONES >> 1n);
    expect(rax(stub("ssize_t f(void)", () => -14))).toBe(ONES - 13n);
  });

  it("that fit no type are bugs of the stub", () => {
    expect(() => rax(stub("int f(void)", () => undefined as never))).toThrow(/undefined where C returns/);
    expect(() => rax(stub("void f(void)", () => 5 as never))).toThrow(/number 5/);
    expect(() => rax(stub("void *f(void)", () => NaN as never))).toThrow(/NaN/);
  });

  it("from a forgotten yield* are loud", () => {
    const plain = stub("unsigned long f(void)", (k) => k.call(1) as never);
    expect(() => rax(plain)).toThrow(/generator object/);
    const routine = stub("unsigned long f(void)", function* (k) {
      return k.call(1) as never;
    });
    expect(() => rax(routine)).toThrow(/returned a generator/);
  });
});

describe("a thrown Errno", () => {
  const { rax } = createStubHarness();

  it("becomes -errno, NULL or ERR_PTR", () => {
    expect(rax(stub("int f(void)", throwing(EINVAL)))).toBe(ONES - 21n);
    expect(rax(stub("void *f(void)", { fails: ["NULL"] }, throwing(ENOMEM)))).toBe(0n);
    expect(rax(stub("struct device *f(void)", { fails: ["ENOMEM"] }, throwing(ENOMEM)))).toBe(ONES - 11n);
    expect(rax(stub("struct device *f(void)", { errPtr: true }, throwing(EINVAL)))).toBe(ONES - 21n);
    expect(rax(stub("unsigned long f(void)", { fails: ["ENOMEM"] }, throwing(ENOMEM)))).toBe(ONES - 11n);
    expect(rax(stub("bool f(void)", throwing(EINVAL)))).toBe(0n);
    const late = stub("int f(void)", function* () {
      throw new Errno(EINVAL);
    });
    expect(rax(late)).toBe(ONES - 21n);
  });

  it("is a bug where the type cannot tell", () => {
    expect(() => rax(stub("void f(void)", throwing(EINVAL)))).toThrow(/threw EINVAL/);
    expect(() => rax(stub("unsigned long f(void)", throwing(EINVAL)))).toThrow(/threw EINVAL/);
  });
});

describe("guest calls", () => {
  it("are typed and decoded by the function's type", () => {
    const { rax, guest } = createStubHarness();
    const compare = guestFunction("int (*)(const void *, const void *)");
    const fn = guest((a, b) => Number(a) - Number(b));
    const f = stub("int f(int (*cmp)(const void *, const void *))", function* (k, { cmp }) {
      const order: number = yield* compare(k, cmp, 3, 5);
      return order;
    });
    expect(rax(f, fn)).toBe(ONES - 1n);
  });
});

describe("hooks", () => {
  const kmalloc = stub(
    "void *__kmalloc(size_t size, gfp_t flags)",
    {
      fails: ["NULL"],
      sleeps: ({ flags }) => (flags & 0x400) !== 0,
    },
    () => 4096,
  );

  it("see calls, results and possible sleep", () => {
    const { rax, binder } = createStubHarness();
    const seen: unknown[] = [];
    binder.hooks.call = ({ name }, args) => seen.push([name, args]);
    binder.hooks.sleep = ({ name }) => seen.push(`${name} may sleep`);
    binder.hooks.result = (_, args, value) => seen.push(value);
    rax(kmalloc, 16, 0x400);
    rax(kmalloc, 8, 0);
    expect(seen).toEqual([
      ["__kmalloc", { size: 16, flags: 0x400 }],
      "__kmalloc may sleep",
      4096n,
      ["__kmalloc", { size: 8, flags: 0 }],
      4096n,
    ]);
  });

  it("inject declared failures only", () => {
    const { rax, binder } = createStubHarness();
    binder.hooks.inject = () => "NULL";
    expect(rax(kmalloc, 16, 0)).toBe(0n);
    binder.hooks.inject = () => "EINVAL";
    expect(() => rax(kmalloc, 16, 0)).toThrow(/does not fail with EINVAL/);
    const errPtr = stub("struct device *f(void)", { fails: ["ENOMEM"] }, () => 0);
    binder.hooks.inject = () => "ENOMEM";
    expect(rax(errPtr)).toBe(ONES - 11n);
  });

  it("are not told twice of a stub that waited", () => {
    const { k, binder } = createStubHarness({
      executor: { current: () => ({ pid: 7 }) },
    } as unknown as Partial<Kernel>);
    let ready = false;
    const down = stub("void down(struct semaphore *sem)", { sleeps: true }, () =>
      ready ? undefined : block("sem"),
    );
    const call = vi.fn();
    binder.hooks.call = call;
    const registers = registerFile(new BigUint64Array(18));
    const bound = binder.bind(down);
    const mark = k.journal.mark();
    expect(bound.invoke(registers)).toMatchObject({ kind: "block", reason: "sem" });
    ready = true;
    expect(bound.invoke(registers)).toBeUndefined();
    expect(bound.invoke(registers)).toBeUndefined();
    expect(call).toHaveBeenCalledTimes(2);
    k.journal.rollback(mark);
    expect(bound.invoke(registers)).toBeUndefined();
    expect(call).toHaveBeenCalledTimes(3);
  });
});
