import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadAddon } from "../addon.ts";
import { mapText } from "../index.ts";

const folder = mkdtempSync(join(tmpdir(), "files-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, bytes: Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};
const every = Uint8Array.from({ length: 10_000 }, (_, index) => (index * 7) & 0xff);

describe("mapText", () => {
  it("is what latin1 makes of each byte", () => {
    const path = file("every", every);
    expect(mapText(path)).toBe(readFileSync(path, "latin1"));
  });

  it("is empty for an empty file and for what is no plain file", () => {
    expect(mapText(file("empty", new Uint8Array(0)))).toBe("");
    expect(mapText(folder)).toBe("");
    expect(mapText("/dev/zero")).toBe("");
  });

  it("throws what node:fs throws where there is nothing", () => {
    expect(() => mapText(join(folder, "none"))).toThrow(/ENOENT.*none/);
  });

  it("keeps its text when the file is replaced", () => {
    const path = file("old", every);
    const text = mapText(path);
    renameSync(file("new", Uint8Array.of(1, 2, 3)), path);
    expect(text).toBe(Buffer.from(every).toString("latin1"));
    expect(mapText(path)).toBe("\x01\x02\x03");
  });
});

describe("mapFile", () => {
  const { mapFile } = loadAddon();

  it("is the file's bytes; changes do not get into the file", () => {
    const path = file("bytes", every);
    const mapped = new Uint8Array(mapFile(path) ?? new ArrayBuffer(0));
    expect(mapped).toEqual(every);
    mapped.fill(1);
    expect(new Uint8Array(readFileSync(path))).toEqual(every);
  });

  it("is undefined where there is no such file", () => {
    expect(mapFile(join(folder, "none"))).toBeUndefined();
    expect(mapFile(folder)).toBeUndefined();
  });

  it("takes nothing but a path", () => {
    const wild = mapFile as (path: unknown) => unknown;
    for (const each of [undefined, 1, {}, "a\0b"]) expect(() => wild(each)).toThrow(/a path is/);
  });
});

it("quit ends the process at once", () => {
  const addon = new URL("../build/unicorn_engine.node", import.meta.url).pathname;
  const script = `process.on("exit", () => console.log("late")); require(${JSON.stringify(addon)}).quit(7);`;
  const { status, stdout } = spawnSync(process.execPath, ["-e", script], { encoding: "utf8" });
  expect({ status, stdout }).toEqual({ status: 7, stdout: "" });
});
