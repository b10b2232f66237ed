import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { byteStringToBytes } from "../../../src/base/bytes.ts";
import { boot } from "../../../src/sandbox.ts";

const MODULE = readFileSync(new URL("../../truth/probes/fired.ko", import.meta.url));

it("a named kernel function is fired from outside: handlers see arguments, and may change the result", () => {
  const lines: string[] = [];
  const { kernel, run, close } = boot({
    onRecord: ({ text }) => void (/fired: (pre|post|ret)/.test(text) && lines.push(text)),
  });
  const results: bigint[] = [];
  run({ comm: "init", argv: ["init"] }, function* (sys) {
    yield* sys.initModule(MODULE, "");
    const name = kernel.statics.allocate(64);
    kernel.memory.write(name, byteStringToBytes("/etc/motd\0"));
    results.push(yield* kernel.probes.fire("do_filp_open", [3, name, 7], 42n));
    results.push(yield* kernel.probes.fire("do_filp_open", [4, name, 8], 5n));
    results.push(yield* kernel.probes.fire("schedule", [], 9n));
    return 0;
  });
  expect(lines).toEqual([
    "fired: pre 3 /etc/motd 7",
    "fired: post",
    "fired: return 42",
    "fired: pre 4 /etc/motd 8",
    "fired: post",
    "fired: return 5",
  ]);
  expect(results).toEqual([42n, 1005n, 9n]);
  close();
});
