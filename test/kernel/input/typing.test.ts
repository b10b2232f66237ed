import { afterEach, beforeEach, expect, test } from "vitest";
import { boot } from "../../../src/library/boot.ts";
import type { Kernel } from "../../../src/library/kernel.ts";

const own: { kernel?: Kernel } = {};
beforeEach(async () => {
  own.kernel = await boot();
});
afterEach(() => own.kernel?.close());

const keys = (kernel: Kernel): string[] =>
  kernel.hardware
    .inputEvents()
    .filter(({ type }) => type === 1)
    .map(({ code, value }) => `${code}${value === 1 ? "+" : "-"}`);

test("text becomes keys by the kernel's own map", () => {
  const kernel = own.kernel as Kernel;
  kernel.hardware.type("a B\n");
  expect(keys(kernel)).toEqual(["30+", "30-", "57+", "57-", "42+", "48+", "48-", "42-", "28+", "28-"]);
});

test("keys together, halves of a stroke, keys behind a prefix", () => {
  const kernel = own.kernel as Kernel;
  kernel.hardware.press("leftctrl+rightalt+delete", "down:f12");
  kernel.hardware.press("KEY_A");
  expect(keys(kernel)).toEqual(["29+", "100+", "111+", "111-", "100-", "29-", "88+", "30+", "30-"]);
});

test("what no key makes", () => {
  const kernel = own.kernel as Kernel;
  expect(() => kernel.hardware.press("hyper")).toThrow("there is no key hyper");
  expect(() => kernel.hardware.type("é")).toThrow('no key makes "é"');
  expect(() => kernel.hardware.press("volumeup+power")).not.toThrow();
});

test("a snapshot takes keys back", () => {
  const kernel = own.kernel as Kernel;
  kernel.hardware.press("down:leftshift");
  const snapshot = kernel.snapshot();
  kernel.hardware.press("up:leftshift", "capslock");
  expect(kernel.sandbox.kernel.input.keyboard).toMatchObject({ leds: 4, held: [0] });
  snapshot.restore();
  expect(kernel.sandbox.kernel.input.keyboard).toMatchObject({ leds: 0, held: [1] });
  expect(keys(kernel)).toEqual(["42+"]);
});
