import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { notifyChain } from "../../src/kernel/notify-chains.ts";
import { O_NONBLOCK } from "../../src/kernel/user.ts";
import { boot } from "../../src/sandbox.ts";

const NOTIF = new URL("../truth/around/notif.ko", import.meta.url);

it("chains are fired from outside, hotplug states call for the CPU that is up", () => {
  const lines: string[] = [];
  const { kernel, run, close } = boot({ onRecord: ({ text }) => lines.push(text) });
  const said = (): string[] => lines.splice(0).filter((line) => /^notif: (?!.*taint)/.test(line));
  const identity = { comm: "test", argv: ["test"] };
  run(identity, (sys) => sys.initModule(readFileSync(NOTIF), ""));
  expect(said()).toEqual([
    "notif: register 0 0 0 0",
    "notif: cpu 0 up",
    "notif: state 1",
    "notif: refused -5",
    "notif: quiet 1",
  ]);
  run(identity, () => notifyChain(kernel, "reboot", 3));
  expect(said()).toEqual(["notif: reboot 3 none"]);
  run(identity, function* (sys) {
    yield* sys.deleteModule("notif", O_NONBLOCK);
    return 0;
  });
  expect(said()).toEqual(["notif: cpu 0 down", "notif: unregister 0 0 0"]);
  run(identity, () => notifyChain(kernel, "reboot", 1));
  expect(said()).toEqual([]);
  close();
});
