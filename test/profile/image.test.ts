import { describe, expect, it } from "vitest";
import { KoboxError } from "../../src/base/errors.ts";
import { readImage } from "../../src/profile/image.ts";
import { embeddedConfig, readConfig } from "../../src/profile/kernel-config.ts";
import { gzipSync } from "node:zlib";

const TEXT = -(2 ** 31) + 0x100_0000;

interface Section {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly content: Buffer;
  readonly size?: number;
}

/** An ELF64 file of these sections, its header table last. */
const elf = (sections: readonly Section[]): Buffer => {
  const names = Buffer.from(`\0${sections.map((one) => one.name).join("\0")}\0.shstrtab\0`);
  const all = [...sections, { name: ".shstrtab", type: 3, flags: 0, address: 0, content: names }];
  const header = Buffer.alloc(64);
  header.write("\x7fELF\x02\x01\x01", "latin1");
  header.writeUInt16LE(62, 18);
  header.writeUInt16LE(all.length + 1, 60);
  header.writeUInt16LE(all.length, 62);
  let offset = 64;
  const heads = all.map((one: Section) => {
    const head = Buffer.alloc(64);
    head.writeUInt32LE(names.indexOf(`${one.name}\0`), 0);
    head.writeUInt32LE(one.type, 4);
    head.writeBigUInt64LE(BigInt(one.flags), 8);
    head.writeBigInt64LE(BigInt(one.address), 16);
    head.writeBigUInt64LE(BigInt(offset), 24);
    head.writeBigUInt64LE(BigInt(one.size ?? one.content.length), 32);
    offset += one.content.length;
    return head;
  });
  header.writeBigUInt64LE(BigInt(offset), 40);
  return Buffer.concat([header, ...all.map((one) => one.content), Buffer.alloc(64), ...heads]);
};

const sample = elf([
  { name: ".text", type: 1, flags: 6, address: TEXT, content: Buffer.from("code code code!!") },
  { name: ".rodata", type: 1, flags: 2, address: TEXT + 0x1000, content: Buffer.from("constants") },
  { name: ".bss", type: 8, flags: 3, address: TEXT + 0x2000, content: Buffer.alloc(0), size: 0x800 },
]);

describe("a kernel image", () => {
  it("has sections at addresses", () => {
    const image = readImage(sample);
    expect(image.section(".rodata")?.content?.toString()).toBe("constants");
    expect(image.sectionAt(TEXT + 3)).toMatchObject({ name: ".text", executable: true, writable: false });
    expect(image.bytesAt(TEXT + 0x1000 + 3, 4)?.toString()).toBe("stan");
    expect(image.bytesAt(TEXT + 0x1000 + 3, 40)).toBeUndefined();
    expect(image.sectionAt(TEXT + 0x27ff)?.name).toBe(".bss");
    expect(image.bytesAt(TEXT + 0x2000, 4)).toBeUndefined();
    expect(image.sectionAt(TEXT - 1)).toBeUndefined();
  });

  it("is refused when cut or changed, or read without harm", () => {
    const attempt = (bytes: Buffer): void => {
      try {
        const image = readImage(bytes);
        image.bytesAt(TEXT, 8);
      } catch (error) {
        expect(error).toBeInstanceOf(KoboxError);
      }
    };
    for (let length = 0; length < sample.length; length++) attempt(sample.subarray(0, length));
    for (let at = 0; at < sample.length; at++) {
      for (const change of [1, 0x80, 0xff]) {
        const bytes = Buffer.from(sample);
        bytes[at] = (bytes[at] ?? 0) ^ change;
        attempt(bytes);
      }
    }
  });
});

describe("build options", () => {
  const text =
    '# comment\nCONFIG_SMP=y\nCONFIG_HZ=250\n# CONFIG_X is not set\nCONFIG_NAME="a \\"b\\""\nCONFIG_M=m\n';

  it("are read from .config", () => {
    expect([...readConfig(text)]).toEqual([
      ["CONFIG_SMP", "y"],
      ["CONFIG_HZ", "250"],
      ["CONFIG_NAME", 'a \\"b\\"'],
      ["CONFIG_M", "m"],
    ]);
  });

  it("are found inside an image that carries them", () => {
    const image = Buffer.concat([Buffer.from("...IKCFG_ST"), gzipSync(text), Buffer.from("IKCFG_ED...")]);
    expect(embeddedConfig(image)).toBe(text);
    expect(embeddedConfig(Buffer.from("IKCFG_ST nonsense IKCFG_ED"))).toBeUndefined();
    expect(embeddedConfig(Buffer.from("nothing"))).toBeUndefined();
  });
});
