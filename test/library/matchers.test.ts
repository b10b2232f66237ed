/** The matchers: what they accept, and what they say when they do not. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Kernel, boot } from "../../src/library/index.ts";
// Matchers are added to expect.
// oxlint-disable-next-line import/no-unassigned-import
import "../../src/library/vitest/index.ts";

const made: { kernel?: Kernel } = {};
const the = (): Kernel => made.kernel as Kernel;
beforeEach(async () => {
  made.kernel = await boot({ modules: new URL("../../samples", import.meta.url).pathname });
});
afterEach(() => the().close());

/** The message of a failed assertion. */
const failure = (act: () => void): string => {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("the assertion passed");
};

describe("the log", () => {
  it("is searched", () => {
    the().insmod("hello/hello.ko");
    expect(the()).toHaveLogged("hello from init");
    expect(the()).toHaveLogged(/^hello from \w+$/, { level: "info", times: 1 });
    expect(the()).not.toHaveLogged("goodbye");
    expect(failure(() => expect(the()).toHaveLogged("goodbye"))).toMatch(
      /^expected the kernel to have logged "goodbye"\nThe kernel log:\n(.*\n)*  <6> hello from init$/,
    );
    expect(failure(() => expect(the()).toHaveLogged("hello from", { level: "err" }))).toContain(
      "It was logged at level info.",
    );
    expect(failure(() => expect(the()).not.toHaveLogged("hello from"))).toMatch(
      /^expected the kernel not to/,
    );
  });

  it("is compared whole", () => {
    the().insmod("hello/hello.ko");
    the().clearLog();
    the().module("hello")?.rmmod();
    expect(the()).toHaveLoggedExactly(["<6>hello from exit"]);
    expect(the()).toHaveLoggedExactly(["hello from exit"]);
    expect(failure(() => expect(the()).toHaveLoggedExactly(["<4>hello from exit"]))).toContain("exactly");
  });
});

it("failures are told apart", () => {
  expect(the().tryInsmod("exports_user/exports_user.ko")).toFailWith("ENOENT");
  expect(() => the().insmod("exports_user/exports_user.ko")).toFailWith(2);
  expect(() => the().insmod("oops/oops.ko")).toFailWith({ signal: 9 });
  expect(() => the().open("/dev/nothing")).toFailWith("ENOENT");
  expect(the().tryInsmod("hello/hello.ko")).not.toFailWith("ENOENT");
  expect(failure(() => expect(the().tryInsmod("timer/timer.ko")).toFailWith("EPERM"))).toBe(
    "expected it to fail with EPERM; it succeeded",
  );
  expect(failure(() => expect(() => the().open("/dev/nothing")).toFailWith(1))).toBe(
    "expected it to fail with EPERM (Operation not permitted); open /dev/nothing: ENOENT (No such file or directory)",
  );
});

it("modules and what they leave", () => {
  const module = the().insmod("hello/hello.ko");
  expect(module).toBeLoaded();
  expect(failure(() => expect(the()).toHaveReleasedEverything())).toContain("module: hello is still loaded");
  module.rmmod();
  expect(module).not.toBeLoaded();
  expect(failure(() => expect(module).toBeLoaded())).toBe("expected hello to be loaded; its state is gone");
  expect(the()).toHaveReleasedEverything();
  expect(the()).toHaveNoFindings();
});

it("leaks are listed with where they were taken", () => {
  const module = the().insmod("scull/scull.ko");
  the().stub("void kfree(const void *objp)", () => undefined);
  the().writeFile("/dev/scull0", "x");
  module.rmmod();
  const said = failure(() => expect(the()).toHaveReleasedEverything());
  expect(said).toContain("leak: scull: 4000 bytes of __kmalloc() never freed after its exit");
  expect(said).toMatch(/scull_write\+0x/);
});

it("findings are listed", () => {
  the().tryInsmod("oops/oops.ko");
  const kinds = the()
    .findings()
    .map(({ kind }) => kind);
  expect(kinds.length).toBeGreaterThan(0);
  expect(the()).not.toHaveNoFindings();
  expect(the()).toHaveNoFindings({ except: kinds });
  expect(failure(() => expect(the()).toHaveNoFindings())).toContain(`  ${kinds[0]}: `);
});
