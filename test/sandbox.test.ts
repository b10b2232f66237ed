/** The life of real modules as system calls see it (kernel/module/main.c). */
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EAGAIN, EBUSY, EEXIST, ENOENT, ENOEXEC, EPERM } from "../src/base/errno.ts";
import { Errno } from "../src/base/errors.ts";
import { MODULE_STATE } from "../src/kernel/modules/module.ts";
import type { Routine } from "../src/kernel/routine.ts";
import { O_NONBLOCK, O_TRUNC, type UserSystem } from "../src/kernel/user.ts";
import { type Sandbox, boot } from "../src/sandbox.ts";

const made: { sandbox: Sandbox | undefined } = { sandbox: undefined };
const the = (): Sandbox => made.sandbox as Sandbox;
beforeEach(() => {
  made.sandbox = boot();
});
afterEach(() => the().close());

const sample = (name: string): Uint8Array =>
  readFileSync(new URL(`../samples/${name}/${name}.ko`, import.meta.url));
const mod = (name: string): Uint8Array => readFileSync(new URL(`truth/mods/${name}.ko`, import.meta.url));

/** 0 or the errno; "signal 9" when it was killed. */
const perform = (call: (sys: UserSystem) => Routine<unknown>): number | string => {
  const noted = { errno: 0 };
  const { signal } = the().run({ comm: "test", argv: ["test"] }, function* (sys) {
    try {
      yield* call(sys);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      noted.errno = error.errno;
    }
    return 0;
  });
  return signal === 0 ? noted.errno : `signal ${signal}`;
};
const insmod = (bytes: Uint8Array, parameters = ""): number | string =>
  perform((sys) => sys.initModule(bytes, parameters));
const rmmod = (name: string, flags = O_NONBLOCK): number | string =>
  perform((sys) => sys.deleteModule(name, flags));
const stateOf = (name: string): number | undefined => {
  const { list } = the().kernel.modules;
  const module = list.find(name);
  return module === undefined ? undefined : list.state(module);
};

describe("a module's life", () => {
  it("is LIVE once in, unknown once out, and can come again", () => {
    for (let round = 0; round < 3; round += 1) {
      expect([insmod(sample("hello")), stateOf("hello")]).toEqual([0, MODULE_STATE.LIVE]);
      expect(insmod(sample("hello"))).toBe(EEXIST);
      expect([rmmod("hello"), stateOf("hello")]).toEqual([0, undefined]);
    }
    expect(rmmod("hello")).toBe(ENOENT);
  });

  it("gives all its memory back", () => {
    insmod(sample("hello"));
    rmmod("hello");
    const { frames } = the().kernel.machine;
    const free = frames.free();
    for (let round = 0; round < 40; round += 1)
      expect([insmod(sample("hello")), rmmod("hello")]).toEqual([0, 0]);
    // Areas just freed may stay set aside for a while.
    expect(free - frames.free()).toBeLessThan(400);
  });

  it("counts who uses it", () => {
    expect(insmod(sample("exports_user"))).toBe(ENOENT);
    expect([insmod(sample("exports")), insmod(sample("exports_user"))]).toEqual([0, 0]);
    const { list, references } = the().kernel.modules;
    const owner = list.find("exports");
    expect(owner === undefined ? undefined : references.count(owner)).toBe(1);
    expect(rmmod("exports")).toBe(EAGAIN);
    expect([rmmod("exports_user"), rmmod("exports")]).toEqual([0, 0]);
  });

  it("stays without an exit, unless forced", () => {
    expect([insmod(mod("t_noexit")), rmmod("t_noexit")]).toEqual([0, EBUSY]);
    expect([rmmod("t_noexit", O_NONBLOCK | O_TRUNC), stateOf("t_noexit")]).toEqual([0, undefined]);
  });

  it("goes when its init fails", () => {
    expect([insmod(mod("t_ret"), "ret=-12"), stateOf("t_ret")]).toEqual([12, undefined]);
  });

  it("stays COMING after an oops in its init", () => {
    expect(insmod(mod("t_crash"), "mode=nullread")).toBe("signal 9");
    expect([stateOf("t_crash"), rmmod("t_crash")]).toEqual([MODULE_STATE.COMING, EBUSY]);
  });

  it("loses its init code", () => {
    const seen: { init: number } = { init: 0 };
    const { kernel } = the();
    kernel.events.on((event) => {
      const module = event.kind === "module" ? kernel.modules.list.find(event.name) : undefined;
      if (module !== undefined && module.init.base !== 0) seen.init = module.init.base;
    });
    expect(insmod(sample("hello"))).toBe(0);
    expect(seen.init).not.toBe(0);
    expect(kernel.memory.accessible(seen.init, 1, "read")).toBe(false);
  });
});

describe("who may", () => {
  it("needs CAP_SYS_MODULE", () => {
    expect(
      perform(function* (sys) {
        yield* sys.setCapabilities(0n);
        yield* sys.initModule(sample("hello"), "");
      }),
    ).toBe(EPERM);
    expect([insmod(new Uint8Array(10)), insmod(new Uint8Array(200))]).toEqual([ENOEXEC, ENOEXEC]);
  });
});

describe("processes", () => {
  it("a thousand wait and wake in the order of their deadlines", () => {
    const woken: number[] = [];
    const { processes, tasks, clock } = the().kernel;
    const start = clock.now();
    for (let index = 0; index < 1000; index += 1) {
      processes.start({ comm: "sleeper", argv: [] }, function* (sys) {
        yield* sys.nanosleep((1000 - index) * 1e6);
        woken.push(index);
        return 0;
      });
    }
    tasks.runUntil(() => woken.length === 1000);
    expect(woken).toEqual(Array.from({ length: 1000 }, (_, index) => 999 - index));
    expect(clock.now() - start).toBeGreaterThanOrEqual(1e9);
  });

  it("a signal ends a wait", () => {
    const end = the().run({ comm: "parent", argv: [] }, function* (sys) {
      const child = yield* sys.spawn({ comm: "child", argv: [] }, function* (own) {
        yield* own.nanosleep(1e12);
        return 1;
      });
      yield* sys.nanosleep(1e6);
      yield* sys.kill(child, 15);
      const { signal } = yield* sys.waitpid(child);
      return signal;
    });
    expect(end.code).toBe(15);
  });
});
