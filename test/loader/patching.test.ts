import { describe, expect, test } from "vitest";
import type { Address } from "../../src/base/address.ts";
import { toAddress } from "../../src/base/address.ts";
import { applyAlternatives } from "../../src/loader/alternatives.ts";
import { LoadFailure } from "../../src/loader/failure.ts";
import { makeRegion } from "../../src/loader/image.ts";
import type { ModuleImage } from "../../src/loader/image.ts";
import { jumpLabelPatch, jumpLabelType } from "../../src/loader/jump-labels.ts";
import type { JumpEntry } from "../../src/loader/jump-labels.ts";
import type { LoadedTable } from "../../src/loader/loaded-table.ts";
import { removeLocks } from "../../src/loader/smp-locks.ts";
import { staticCallPatch } from "../../src/loader/static-calls.ts";
import { applyRetpolines, applyReturns } from "../../src/loader/thunks.ts";
import type { TextPatching } from "../../src/loader/text-patching.ts";
import {
  X86_FEATURE_RETHUNK,
  X86_FEATURE_RETPOLINE,
  X86_FEATURE_RETPOLINE_LFENCE,
} from "../../src/loader/text-patching.ts";

const BASE = toAddress(0xffffffffc0201000n);
const THUNKS = toAddress(0xffffffff81e01580n);
const RETURN_THUNK = toAddress(0xffffffff81e01b00n);

/** Code at BASE, tables half-way up the page. */
const TABLE_AT = 2048;

const imageOf = (code: string): ModuleImage => {
  const area = { size: 4096, textSize: 4096, roSize: 4096, roAfterInitSize: 4096 };
  const core = makeRegion(BASE, 4096);
  core.bytes.set(Buffer.from(code.replaceAll(" ", ""), "hex"));
  return {
    core,
    init: undefined,
    sectionAddresses: new Float64Array(0),
    layout: {
      core: area,
      init: { size: 0, textSize: 0, roSize: 0, roAfterInitSize: 0 },
      placements: [],
      percpu: undefined,
      symtab: {
        symbolCount: 0,
        coreSymbols: [],
        coreSymbolOffset: 0,
        coreStringOffset: 0,
        coreTypeOffset: 0,
        kallsymsOffset: 0,
        initTypeOffset: 0,
      },
    },
  };
};

const hexAt = (image: ModuleImage, length: number, offset = 0): string =>
  Buffer.from(image.core.bytes.subarray(offset, offset + length)).toString("hex");

const tableAt = (image: ModuleImage, offset: number, bytes: Uint8Array): LoadedTable => {
  const place = image.core.bytes.subarray(offset, offset + bytes.length);
  place.set(bytes);
  return {
    address: BASE + offset,
    bytes: place,
    view: new DataView(place.buffer, place.byteOffset, place.length),
  };
};

/** A table of displacements to offsets in the code. */
const sites = (image: ModuleImage, offsets: readonly number[]): LoadedTable => {
  const bytes = Buffer.alloc(offsets.length * 4);
  for (const [i, offset] of offsets.entries()) bytes.writeInt32LE(offset - (TABLE_AT + i * 4), i * 4);
  return tableAt(image, TABLE_AT, bytes);
};

const patchingFor = (...features: readonly number[]): TextPatching => ({
  cpuHas: (feature) => features.includes(feature),
  uniprocessor: true,
  compiledReturnThunk: RETURN_THUNK,
  returnThunk: RETURN_THUNK + 0x100,
  indirectThunks: THUNKS,
  paravirt: undefined,
});

const branch = (opcode: string, offset: number, target: Address): string => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE((target - (BASE + offset + opcode.length / 2 + 4)) | 0);
  return opcode + bytes.toString("hex");
};

describe("retpolines", () => {
  const thunk = (register: number): Address => THUNKS + register * 32;
  const patched = (code: string, offset: number, ...features: readonly number[]): string => {
    const image = imageOf(code);
    applyRetpolines(image, sites(image, [offset]), patchingFor(...features));
    return hexAt(image, code.length / 2);
  };

  test("stay where the CPU needs them", () => {
    const code = branch("e8", 0, thunk(0));
    expect(patched(code, 0, X86_FEATURE_RETPOLINE)).toBe(code);
  });

  test("become indirect branches elsewhere", () => {
    expect(patched(branch("e8", 0, thunk(0)), 0)).toBe("ffd00f1f00");
    expect(patched(branch("e8", 0, thunk(11)), 0)).toBe("41ffd36690");
    expect(patched(branch("e9", 0, thunk(0)), 0)).toBe("ffe0cc6690");
    expect(patched(branch("e9", 0, thunk(15)), 0)).toBe("41ffe7cc90");
    // A cs prefix makes room for what follows.
    expect(patched(branch("2ee8", 0, thunk(9)), 0)).toBe("41ffd10f1f00");
    expect(patched(branch("0f84", 0, thunk(3)), 0)).toBe("7504ffe3cc90");
  });

  test("or fenced ones, where they fit", () => {
    const features = [X86_FEATURE_RETPOLINE, X86_FEATURE_RETPOLINE_LFENCE];
    expect(patched(branch("e8", 0, thunk(0)), 0, ...features)).toBe("0faee8ffd0");
    expect(patched(branch("2ee8", 0, thunk(8)), 0, ...features)).toBe("0faee841ffd0");
    const tooLong = branch("e8", 0, thunk(8));
    expect(patched(tooLong, 0, ...features)).toBe(tooLong);
  });

  test("calls of anything else are left alone", () => {
    for (const target of [THUNKS - 1, thunk(16), thunk(4), BASE]) {
      const code = branch("e8", 0, target);
      expect(patched(code, 0)).toBe(code);
    }
    expect(patched("9090909090", 0)).toBe("9090909090");
  });
});

describe("returns", () => {
  const patched = (code: string, ...features: readonly number[]): string => {
    const image = imageOf(code);
    applyReturns(image, sites(image, [0]), patchingFor(...features));
    return hexAt(image, code.length / 2);
  };

  test("are plain, or go to the thunk this CPU needs", () => {
    const code = branch("e9", 0, RETURN_THUNK);
    expect(patched(code)).toBe("c3cccccccc");
    expect(patched(code, X86_FEATURE_RETHUNK)).toBe(branch("e9", 0, RETURN_THUNK + 0x100));
  });

  test("jumps elsewhere are none", () => {
    const code = branch("e9", 0, BASE);
    expect(patched(code)).toBe(code);
  });

  test("a static call's trampoline is told by its mark", () => {
    expect(patched(`${branch("e9", 0, RETURN_THUNK)}0fb9cc`)).toBe("c3cccccccc0fb9cc");
    const used = `${branch("e9", 0, BASE + 64)}0fb9cc`;
    expect(patched(used)).toBe(used);
  });
});

describe("alternatives", () => {
  interface Alternative {
    readonly at: number;
    readonly length: number;
    readonly from: number;
    readonly fromLength: number;
    readonly feature: number;
  }
  const apply = (code: string, entries: readonly Alternative[], ...features: readonly number[]) => {
    const image = imageOf(code);
    const bytes = Buffer.alloc(entries.length * 12);
    for (const [i, { at, length, from, fromLength, feature }] of entries.entries()) {
      bytes.writeInt32LE(at - (TABLE_AT + i * 12), i * 12);
      bytes.writeInt32LE(from - (TABLE_AT + i * 12 + 4), i * 12 + 4);
      bytes.writeUInt16LE(feature, i * 12 + 8);
      bytes.set([length, fromLength], i * 12 + 10);
    }
    applyAlternatives(image, tableAt(image, TABLE_AT, bytes), patchingFor(...features));
    return hexAt(image, code.replaceAll(" ", "").length / 2);
  };

  test("replace code where the CPU has the feature, and lengthen nops either way", () => {
    const entry = { at: 0, length: 5, from: 8, fromLength: 3, feature: 100 };
    expect(apply("909090909090909 00faee8".replaceAll(" ", ""), [entry], 100)).toBe("0faee866909090900faee8");
    expect(apply("90909090909090900faee8", [entry])).toBe("0f1f4400009090900faee8");
  });

  test("bit 15 asks for the lack of it", () => {
    const entry = { at: 0, length: 3, from: 8, fromLength: 3, feature: 0x8000 | 100 };
    expect(apply("90909090909090900faee8", [entry])).toBe("0faee890909090900faee8");
    expect(apply("90909090909090900faee8", [entry], 100)).toBe("0f1f0090909090900faee8");
  });

  test("the last that applies wins", () => {
    const first = { at: 0, length: 2, from: 8, fromLength: 2, feature: 100 };
    const second = { ...first, from: 10, feature: 101 };
    expect(apply("90909090909090900102 0304", [first, second], 100, 101).slice(0, 4)).toBe("0304");
    expect(apply("90909090909090900102 0304", [first, second], 100).slice(0, 4)).toBe("0102");
  });

  test("calls and jumps still go where they went", () => {
    const entry = { at: 0, length: 5, from: 16, fromLength: 5, feature: 100 };
    const code = (from: string) => `${"90".repeat(16)}${from}`;
    const call = apply(code(branch("e8", 16, BASE + 0x800)), [entry], 100);
    expect(call.slice(0, 10)).toBe(branch("e8", 0, BASE + 0x800));
    const far = apply(code(branch("e9", 16, BASE + 0x800)), [entry], 100);
    expect(far.slice(0, 10)).toBe(branch("e9", 0, BASE + 0x800));
    const near = apply(code(branch("e9", 16, BASE + 0x20)), [entry], 100);
    expect(near.slice(0, 10)).toBe("eb1e0f1f00");
  });

  test("what would stop the kernel does not load", () => {
    const entry = { at: 0, length: 255, from: 8, fromLength: 3, feature: 100 };
    expect(() => apply("90", [entry], 100)).toThrow(LoadFailure);
    expect(() => apply("90", [{ ...entry, length: 3, feature: 24 * 32 }])).toThrow(LoadFailure);
    expect(() => apply("90", [{ ...entry, length: 3, at: -4096 }], 100)).toThrow(LoadFailure);
  });
});

test("lock prefixes go, in .text only and only where they are", () => {
  const image = imageOf("f001 f002 9003 f004");
  const text = { address: BASE, bytes: image.core.bytes.subarray(0, 6), view: image.core.view };
  removeLocks(image, sites(image, [0, 2, 4, 6]), text);
  expect(hexAt(image, 8)).toBe("3e013e029003f004");
});

describe("static keys", () => {
  const entry: JumpEntry = {
    code: BASE + 0x10,
    target: BASE + 0x40,
    key: BASE + 0x800,
    branch: false,
    init: false,
    size: 2,
  };

  test("a branch is a jump when its key says so", () => {
    expect(jumpLabelType(entry, true)).toBe("jmp");
    expect(jumpLabelType(entry, false)).toBe("nop");
    expect(jumpLabelType({ ...entry, branch: true }, true)).toBe("nop");
    expect(jumpLabelType({ ...entry, branch: true }, false)).toBe("jmp");
  });

  test("in the size that is there", () => {
    const hex = (one: JumpEntry, type: "jmp" | "nop") =>
      Buffer.from(jumpLabelPatch(one, type).bytes).toString("hex");
    expect(hex(entry, "jmp")).toBe("eb2e");
    expect(hex(entry, "nop")).toBe("6690");
    expect(hex({ ...entry, size: 5 }, "jmp")).toBe("e92b000000");
    expect(hex({ ...entry, size: 5 }, "nop")).toBe("0f1f440000");
    expect(hex({ ...entry, target: BASE }, "jmp")).toBe("ebee");
  });
});

describe("static calls", () => {
  const target = BASE + 0x400;
  const hex = (tail: boolean, to: Address, current = "e800000000") =>
    Buffer.from(
      staticCallPatch(
        { address: BASE, tail },
        to,
        Buffer.from(current, "hex"),
        patchingFor(),
        RETURN_THUNK + 0x40,
      ).bytes,
    ).toString("hex");

  test("are calls, nops, or a zero", () => {
    expect(hex(false, target)).toBe(branch("e8", 0, target));
    expect(hex(false, 0)).toBe("0f1f440000");
    expect(hex(false, RETURN_THUNK + 0x40)).toBe("2e2e2e31c0");
  });

  test("at the end of a function, jumps or returns", () => {
    expect(hex(true, target, "e900000000")).toBe(branch("e9", 0, target));
    expect(hex(true, 0, "e900000000")).toBe("c3cccccccc");
    expect(hex(true, target, "0f8400000000")).toBe(branch("0f84", 0, target));
    expect(hex(true, 0, "0f8500000000")).toBe(branch("0f85", 0, RETURN_THUNK));
  });
});
