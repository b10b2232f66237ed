import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { createHostFiles } from "../../../src/cli/shell/host-files.ts";

const hello = readFileSync("samples/hello/hello.ko");

test("only module files are read; packed ones once they were prepared", async () => {
  const folder = mkdtempSync(join(tmpdir(), "kobox-"));
  const packed = join(folder, "hello.ko.gz");
  writeFileSync(packed, gzipSync(hello));
  writeFileSync(join(folder, "secret.txt"), "x");
  const files = createHostFiles(folder);
  expect(files.readHostFile?.(join(folder, "secret.txt"))).toBeUndefined();
  expect(files.readHostFile?.(join(folder, "none.ko"))).toBeUndefined();
  expect(files.readHostFile?.(packed)?.[0]).toBe(0x1f);
  await files.prepare(`echo x; insmod '${packed}' a=1`);
  expect(Buffer.from(files.readHostFile?.(packed) ?? []).equals(hello)).toBe(true);
  writeFileSync(packed, gzipSync(hello).subarray(0, 100));
  await expect(createHostFiles(folder).prepare(`insmod ${packed}`)).resolves.toBeUndefined();
});

test("a folder of modules: names with either dash", () => {
  const folder = mkdtempSync(join(tmpdir(), "kobox-"));
  for (const [name, source] of [
    ["exports", "exports"],
    ["exports-user", "exports_user"],
  ] as const) {
    writeFileSync(join(folder, `${name}.ko`), readFileSync(`samples/${source}/${source}.ko`));
  }
  const files = createHostFiles(folder);
  const modules = files.modules?.();
  expect([...(modules?.files.keys() ?? [])]).toEqual(["exports_user", "exports"]);
  expect(modules?.fields("exports_user")).toContainEqual(["depends", "exports"]);
  expect(modules?.exports("exports")).toContain("exports_add");
  expect(modules?.image("nothing")).toBeUndefined();
});

test("information of a module; none of what is no module", () => {
  const files = createHostFiles();
  expect(files.describeModule?.("hello.ko", hello)).toContainEqual(["license", "GPL"]);
  expect(files.describeModule?.("x", Buffer.from("text"))).toBeUndefined();
});
