/** The library over real modules. */
import { afterEach, describe, expect, it } from "vitest";
import {
  Errno,
  type Kernel,
  KilledError,
  ModuleError,
  SystemCallError,
  _IO,
  _IOR,
  boot,
  errno,
} from "../../src/library/index.ts";

const open: Kernel[] = [];
afterEach(() => {
  for (const kernel of open.splice(0)) kernel.close();
});
const start = async (options: Parameters<typeof boot>[0] = {}): Promise<Kernel> => {
  const kernel = await boot({ modules: new URL("../../samples", import.meta.url).pathname, ...options });
  open.push(kernel);
  return kernel;
};
/** The error that `act` throws. */
const thrown = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
};

describe("modules", () => {
  it("are inserted, seen and removed", async () => {
    const kernel = await start();
    const module = kernel.insmod("params/params.ko", { count: 2 });
    expect([module.name, module.state, module.refcount, module.taints]).toEqual(["params", "live", 0, "OE"]);
    expect(kernel.modules().map(({ name }) => name)).toEqual(["params"]);
    expect(module.parameters.names()).toContain("count");
    expect(module.parameters.get("count")).toBe("2");
    module.rmmod();
    expect([module.state, module.isLoaded, kernel.module("params")]).toEqual(["gone", false, undefined]);
  });

  it("say why they were not taken", async () => {
    const kernel = await start();
    const error = thrown(() => kernel.insmod("exports_user/exports_user.ko"));
    expect(error).toBeInstanceOf(ModuleError);
    expect(error).toMatchObject({ code: "ENOENT", errno: errno.ENOENT, module: "exports_user.ko" });
    expect((error as ModuleError).log.join("\n")).toContain("Unknown symbol");
    expect(kernel.tryInsmod("exports_user/exports_user.ko").error).toBeInstanceOf(ModuleError);
    const { module } = kernel.tryInsmod("exports/exports.ko");
    kernel.insmod("exports_user/exports_user.ko");
    expect(module?.refcount).toBe(1);
    expect(thrown(() => module?.rmmod())).toMatchObject({ code: "EAGAIN", call: "rmmod exports" });
  });

  it("need a capability", async () => {
    const kernel = await start({ capabilities: ["CAP_SYS_ADMIN"] });
    expect(kernel.tryInsmod("hello/hello.ko").error).toMatchObject({ code: "EPERM" });
  });

  it("may crash", async () => {
    const kernel = await start();
    const { error } = kernel.tryInsmod("oops/oops.ko");
    expect(error).toBeInstanceOf(KilledError);
    expect(error).toMatchObject({ signal: 9 });
  });
});

describe("files", () => {
  it("are read, written, asked", async () => {
    const kernel = await start();
    const module = kernel.insmod("chardev/chardev.ko");
    const file = kernel.open("/dev/chardev");
    // cdev_get() and fops_get(): fs/char_dev.c
    expect(module.refcount).toBe(2);
    expect(file.write("hello")).toBe(5);
    expect(file.seek(0)).toBe(0);
    expect(file.readText()).toBe("hello");
    const length = new Int32Array(1);
    expect(file.ioctl(_IOR("k", 1, 4), new Uint8Array(length.buffer))).toBe(0);
    expect(length[0]).toBe(5);
    file.ioctl(_IO("k", 2));
    expect(kernel.readFile("/dev/chardev")).toBe("");
    expect(thrown(() => file.ioctl(_IO("z", 9)))).toMatchObject({ code: "ENOTTY" });
    expect(file.poll()).toMatchObject({ readable: true, writable: true });
    file.close();
    expect([file.isOpen, module.refcount]).toEqual([false, 0]);
    expect(thrown(() => kernel.open("/dev/nothing"))).toBeInstanceOf(SystemCallError);
    module.rmmod();
  });

  it("have names", async () => {
    const kernel = await start();
    kernel.writeFile("/tmp/text", "grüße");
    expect(kernel.readFile("/tmp/text")).toBe("grüße");
    expect(kernel.ls("/tmp")).toEqual(["text"]);
    kernel.mknod("/tmp/zero", "c", 1, 5);
    expect(kernel.stat("/tmp/zero")).toMatchObject({
      type: "character device",
      device: { major: 1, minor: 5 },
    });
    const zero = kernel.open("/tmp/zero", "r");
    expect(zero.read(3)).toEqual(new Uint8Array(3));
    kernel.unlink("/tmp/zero");
    expect(kernel.exists("/tmp/zero")).toBe(false);
  });
});

describe("time", () => {
  it("passes when told", async () => {
    const kernel = await start();
    kernel.insmod("hello/hello.ko");
    const before = kernel.time;
    kernel.advance({ hours: 1, seconds: 5 });
    expect(kernel.time - before).toBeGreaterThanOrEqual(3605);
  });
});

describe("stubs", () => {
  it("watch, replace and wrap", async () => {
    const kernel = await start();
    const spy = kernel.stub("void *__kmalloc(size_t size, gfp_t flags)");
    const address = kernel.call("void *__kmalloc(size_t size, gfp_t flags)", 100, 0xcc0);
    expect(kernel.memory.bytes(address, 4)).toEqual(new Uint8Array(4));
    expect(spy.calls).toEqual([{ size: 100, flags: 0xcc0 }]);
    expect(spy.results).toEqual([address]);
    spy.restore();
    const seen: number[] = [];
    const wrapped = kernel.stub("void *__kmalloc(size_t size, gfp_t flags)", ({ size }, { original }) => {
      seen.push(size);
      return size > 1000 ? 0 : original({ size: size * 2 });
    });
    expect(kernel.call("void *__kmalloc(size_t size, gfp_t flags)", 2000, 0xcc0)).toBe(0);
    expect(kernel.call("void *__kmalloc(size_t size, gfp_t flags)", 10, 0xcc0)).not.toBe(0);
    expect([seen, wrapped.calls.length]).toEqual([[2000, 10], 2]);
    const strlen = kernel.stub("size_t strlen(const char *s)", () => 7);
    expect(kernel.call("size_t strlen(const char *s)", "abc")).toBe(7);
    strlen.restore();
    expect(kernel.call("size_t strlen(const char *s)", "abc")).toBe(3);
  });

  it("fail as the function does", async () => {
    const kernel = await start();
    kernel.stub(
      "int alloc_chrdev_region(dev_t *dev, unsigned baseminor, unsigned count, const char *name)",
      () => {
        throw new Errno(errno.EBUSY);
      },
    );
    expect(kernel.tryInsmod("chardev/chardev.ko").error).toMatchObject({ code: "EBUSY" });
  });
});

describe("snapshots", () => {
  it("bring back modules, files and time", async () => {
    const kernel = await start();
    const module = kernel.insmod("chardev/chardev.ko");
    const file = kernel.open("/dev/chardev");
    file.write("one");
    const snapshot = kernel.snapshot();
    const { time } = kernel;
    for (let round = 0; round < 3; round += 1) {
      file.write("twofold");
      file.close();
      kernel.advance({ seconds: 3 });
      module.rmmod();
      expect([module.isLoaded, file.isOpen]).toEqual([false, false]);
      snapshot.restore();
      expect([module.isLoaded, file.isOpen, kernel.time, module.refcount]).toEqual([true, true, time, 2]);
      file.seek(0);
      expect(file.readText()).toBe("one");
      snapshot.restore();
    }
  });
});

it("calls and instructions have limits, which the error names", async () => {
  const never = new URL("../truth/limits/never.ko", import.meta.url).pathname;
  const insert = async (mode: string, options: Parameters<typeof boot>[0]): Promise<unknown> => {
    const kernel = await start(options);
    return thrown(() => kernel.insmod(never, { mode }));
  };
  expect(await insert("calls", { maxCalls: 50_000 })).toMatchObject({
    name: "StoppedError",
    message: expect.stringMatching(/50000 calls of kernel functions.*; boot\(\{ maxCalls \}\) allows more/),
  });
  expect(await insert("count", { maxInstructions: 10_000_000 })).toMatchObject({
    message: expect.stringContaining("boot({ maxInstructions }) allows more"),
  });
});

describe("processes", () => {
  it("block, and say so when nothing will wake them", async () => {
    const kernel = await start();
    const sleeper = kernel.process("sleeper");
    const sleep = sleeper.startSleep({ seconds: 5 });
    expect([sleep.done, sleep.waitingFor, sleeper.isWaiting]).toEqual([false, "nanosleep", true]);
    expect(thrown(() => sleeper.readFile("/proc/modules"))).toMatchObject({ code: "busy" });
    kernel.advance({ seconds: 6 });
    expect(sleep.done).toBe(true);
    sleep.wait();
    const again = sleeper.startSleep({ hours: 24 * 365 });
    expect(thrown(() => again.wait())).toMatchObject({
      name: "HangError",
      message: expect.stringMatching(
        /nanosleep after 3600 virtual seconds.*; boot\(\{ patience \}\) allows more/,
      ),
    });
    expect(sleeper.isWaiting).toBe(false);
  });

  it("take signals", async () => {
    const kernel = await start();
    const one = kernel.process("one");
    one.handle("SIGUSR1");
    const sleep = one.startSleep({ seconds: 5 });
    one.kill("SIGUSR1");
    expect(thrown(() => sleep.wait())).toMatchObject({ code: "EINTR" });
    one.kill("USR1");
    expect(one.isAlive).toBe(true);
    one.kill("TERM");
    expect(one.isAlive).toBe(false);
    expect(thrown(() => one.readFile("/proc/uptime"))).toMatchObject({ signal: 15 });
    const two = kernel.process("two");
    two.exit(3);
    expect(two.isAlive).toBe(false);
    expect(kernel.tasks().map(({ name }) => name)).not.toContain("two");
  });
});
