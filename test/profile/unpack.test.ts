import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { KoboxError } from "../../src/base/errors.ts";
import { unpackKernel } from "../../src/profile/unpack.ts";
import { unxz } from "../../src/profile/xz.ts";

/** `code`: bytes full of call-like opcodes; `xz --check=crc32 --x86 --lzma2`, `zstd --ultra -19` of it. */
const fixture = (name: string): Buffer => readFileSync(new URL(`fixtures/${name}`, import.meta.url));
const code = fixture("code");

const SETUP_SECTORS = 3;

const bzImage = (payload: Buffer): Buffer => {
  const setup = Buffer.alloc((SETUP_SECTORS + 1) * 512);
  setup[0x1f1] = SETUP_SECTORS;
  setup.write("HdrS", 0x202, "latin1");
  setup.writeUInt16LE(0x20f, 0x206);
  setup.writeUInt32LE(16, 0x248);
  setup.writeUInt32LE(payload.length, 0x24c);
  return Buffer.concat([setup, Buffer.alloc(16), payload]);
};

const withSize = (payload: Buffer): Buffer => {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(code.length);
  return Buffer.concat([payload, size]);
};

const codeOf = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise;
    return "";
  } catch (error) {
    if (error instanceof KoboxError) return error.code;
    throw error;
  }
};

describe("a compressed kernel", () => {
  it.each([
    ["xz with the x86 filter", withSize(fixture("code.xz"))],
    ["zstd", withSize(fixture("code.zst"))],
    ["gzip", gzipSync(code)],
  ])("is unpacked: %s", async (_name, payload) => {
    expect((await unpackKernel(bzImage(payload))).equals(code)).toBe(true);
  });

  it("may be a vmlinux already", async () => {
    const elf = Buffer.from("\x7fELF...", "latin1");
    expect(await unpackKernel(elf)).toBe(elf);
  });

  it("is refused when it is none, or packed otherwise", async () => {
    expect(await codeOf(unpackKernel(Buffer.from("no kernel")))).toBe("bad-image");
    expect(await codeOf(unpackKernel(bzImage(Buffer.from("BZh9 something"))))).toBe("bad-image");
    expect(await codeOf(unpackKernel(bzImage(Buffer.alloc(3))))).toBe("bad-image");
  });

  it("is refused when damaged", async () => {
    const stream = fixture("code.xz");
    for (let at = 0; at < stream.length; at += 37) {
      const damaged = Buffer.from(stream);
      damaged[at] = (damaged[at] ?? 0) ^ 0x55;
      const result = await codeOf(unpackKernel(bzImage(withSize(damaged))));
      // A few header bytes do not matter to the content.
      expect(["bad-image", ""]).toContain(result);
      if (at > 40 && at < stream.length - 40) expect(result).toBe("bad-image");
    }
  });

  it("is refused when it unpacks to more than allowed", async () => {
    expect(await codeOf(unxz(fixture("code.xz"), 100))).toBe("bad-image");
  });
});
