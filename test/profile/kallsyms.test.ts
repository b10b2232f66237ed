import { describe, expect, it } from "vitest";
import { KoboxError } from "../../src/base/errors.ts";
import { type KernelSymbol, readKallsyms } from "../../src/profile/kallsyms.ts";

const BASE = -(2 ** 31) + 0x100_0000;

/** Per-CPU ones first, as kernels have them; one name is long enough for a two-byte length. */
const symbols: KernelSymbol[] = [
  { name: "fixed_percpu_data", type: "A", address: 0 },
  { name: "current_task", type: "A", address: 0x1f80 },
  ...Array.from({ length: 1500 }, (_, index) => ({
    name: index === 700 ? `long_${"x".repeat(300)}` : `function_${index}`,
    type: index % 5 === 0 ? "t" : "T",
    address: BASE + index * 48,
  })),
];

/** Single characters are their own tokens; "function_" is token 1, as the compressor would choose. */
const tokens = Array.from({ length: 256 }, (_, byte) =>
  byte === 1 ? "function_" : byte >= 0x21 && byte < 0x7f ? String.fromCharCode(byte) : "?",
);

const compress = (text: string): Buffer => {
  const codes = Buffer.from(text.replace("function_", "\x01"), "latin1");
  const head = codes.length < 128 ? [codes.length] : [(codes.length & 0x7f) | 0x80, codes.length >> 7];
  return Buffer.concat([Buffer.from(head), codes]);
};

const aligned = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc((8 - (bytes.length % 8)) % 8)]);

const words = (values: readonly number[], size: 2 | 4): Buffer => {
  const bytes = Buffer.alloc(values.length * size);
  values.forEach((value, index) =>
    size === 2 ? bytes.writeUInt16LE(value, index * 2) : bytes.writeUInt32LE(value >>> 0, index * 4),
  );
  return aligned(bytes);
};

interface Parts {
  readonly addresses: Buffer;
  readonly names: Buffer;
  readonly tokens: Buffer;
}

const parts = (offsets: readonly number[], base: number): Parts => {
  const names = symbols.map(({ type, name }) => compress(type + name));
  const starts: number[] = [];
  names.reduce((at, name, index) => (index % 256 === 0 && starts.push(at), at + name.length), 0);
  const indexes: number[] = [];
  tokens.reduce((at, token) => (indexes.push(at), at + token.length + 1), 0);
  const baseBytes = Buffer.alloc(8);
  baseBytes.writeBigInt64LE(BigInt(base));
  return {
    addresses: Buffer.concat([words(offsets, 4), baseBytes]),
    names: Buffer.concat([words([symbols.length], 4), aligned(Buffer.concat(names)), words(starts, 4)]),
    tokens: Buffer.concat([aligned(Buffer.from(`${tokens.join("\0")}\0`, "latin1")), words(indexes, 2)]),
  };
};

/** What stands around it: digits that are no token table, zeros, counts that lead nowhere. */
const noise = Buffer.concat([
  Buffer.from("0\x001\x002\x003\x004\x005\x006\x007\x008\x009\x00 and more text", "latin1"),
  Buffer.alloc(64),
  words([5000, 0, 1, 2, 3, 4, 5, 6], 4),
]);

const around = (...pieces: Buffer[]): Buffer => Buffer.concat([aligned(noise), ...pieces, aligned(noise)]);

describe("kallsyms", () => {
  // CONFIG_KALLSYMS_ABSOLUTE_PERCPU: what is not per-CPU counts down from -1.
  const down = parts(
    symbols.map(({ address }) => (address >= 0 ? address : BASE - 1 - address)),
    BASE,
  );

  it("is found where addresses come first (until 6.3)", () => {
    expect(readKallsyms(around(down.addresses, down.names, down.tokens))).toEqual(symbols);
  });

  it("is found where addresses come last", () => {
    expect(readKallsyms(around(down.names, down.tokens, down.addresses))).toEqual(symbols);
  });

  it("is found without absolute per-CPU symbols", () => {
    const up = parts(
      symbols.map(({ address }) => (address >= 0 ? address : address - BASE)),
      BASE,
    );
    const found = readKallsyms(around(up.names, up.tokens, up.addresses));
    expect(found.slice(2)).toEqual(symbols.slice(2));
  });

  it("is missed with an error", () => {
    for (const image of [Buffer.alloc(0), noise, around(down.names, down.addresses), around(down.tokens)]) {
      expect(() => readKallsyms(image)).toThrow(KoboxError);
    }
  });

  it("may be cut anywhere", () => {
    const whole = around(down.addresses, down.names, down.tokens);
    for (let length = 0; length < whole.length; length += 997) {
      try {
        readKallsyms(whole.subarray(0, length));
      } catch (error) {
        expect(error).toBeInstanceOf(KoboxError);
      }
    }
  });
});
