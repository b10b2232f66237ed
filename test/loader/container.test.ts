import { execFileSync, spawnSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { KoboxError } from "../../src/base/errors.ts";
import { moduleFormat, openModule } from "../../src/loader/container.ts";
import { moduleFile } from "../support/load-host.ts";
import { seededRandom } from "../support/mutator.ts";

const plain = moduleFile("loader/fixtures/l_image.ko");

const tool = (name: string, args: readonly string[]): Buffer | undefined =>
  spawnSync(name, ["--version"]).error === undefined
    ? execFileSync(name, args, { input: plain, maxBuffer: 1 << 26 })
    : undefined;

/** As scripts/Makefile.modinst packs them, and as the tools do by default. */
const packings = [
  ["gz", gzipSync(plain)],
  ["xz", tool("xz", ["--check=crc32", "--lzma2=dict=1MiB", "-c"])],
  ["xz", tool("xz", ["-c"])],
  ["zst", tool("zstd", ["-q", "-c"])],
  ["zst", tool("zstd", ["-q", "--no-check", "-19", "-c"])],
] as const;

describe.each(packings)("a module packed as %s", (format, packed) => {
  const have = packed ?? Buffer.alloc(0);
  test.skipIf(packed === undefined)("unpacks", async () => {
    expect(moduleFormat(have)).toBe(format);
    expect(Buffer.from(await openModule(have)).equals(plain)).toBe(true);
  });

  test.skipIf(packed === undefined)("cut short is damaged, and said so", async () => {
    for (const length of [8, have.length >> 1, have.length - 1]) {
      await expect(openModule(have.subarray(0, length))).rejects.toMatchObject({
        code: "broken-compression",
      });
    }
  });

  test.skipIf(packed === undefined)("damaged anywhere ends, whole or in an error", async () => {
    const random = seededRandom(11);
    for (let i = 0; i < 60; i += 1) {
      const bytes = Buffer.from(have);
      for (let n = random(3); n >= 0; n -= 1) bytes[8 + random(bytes.length - 8)] = random(256);
      await openModule(bytes, { limit: 1 << 20 }).catch((error: unknown) => {
        expect(error).toBeInstanceOf(KoboxError);
      });
    }
  });

  test.skipIf(packed === undefined)("does not unpack beyond the limit", async () => {
    await expect(openModule(have, { limit: 4096 })).rejects.toMatchObject({ code: "module-too-large" });
  });

  test.skipIf(packed === undefined)("still unpacks after all that", async () => {
    expect((await openModule(have)).length).toBe(plain.length);
  });
});

test("a plain file is itself", async () => {
  expect(await openModule(plain)).toBe(plain);
});
