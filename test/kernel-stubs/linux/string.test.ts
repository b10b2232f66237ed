import { describe, expect, it } from "vitest";
import * as search from "../../../kernel-stubs/linux/string-search.ts";
import * as string from "../../../kernel-stubs/linux/string.ts";
import { createStubHarness } from "../../support/stub-harness.ts";

const h = createStubHarness();
const { memory, call } = h;
const NONE = 0;

/** Runs a copying stub into a buffer of 0xaa and shows the buffer. */
const buffer = (size: number, initial = ""): number => {
  const at = h.room(size);
  memory.fill(at, 0xaa, size);
  if (initial !== "") memory.setCstring(at, initial);
  return at;
};
const show = (at: number, size: number): string =>
  Buffer.from(memory.bytes(at, size)).toString("latin1").replaceAll("\xaa", ".").replaceAll("\0", "0");

describe("memory", () => {
  it("copies, moves overlapping ranges both ways, fills", () => {
    const at = h.string("abcdefgh");
    expect(call(string.memmove, at + 2, at, 5)).toBe(at + 2);
    expect(memory.cstring(at)).toBe("ababcdeh");
    call(string.memmove, at, at + 2, 5);
    expect(memory.cstring(at)).toBe("abcdedeh");
    call(string.memset, at, 0x178, 3);
    expect(memory.cstring(at)).toBe("xxxdedeh");
    const copy = buffer(10);
    call(string.memcpy, copy, at, 4);
    expect(show(copy, 6)).toBe("xxxd..");
  });

  it("moves ranges over several pages", () => {
    const region = memory.map(-0x2000_0000_0000, 4096 * 4);
    region.data.forEach((_, index) => (region.data[index] = index % 251));
    const before = region.data.slice();
    call(string.memmove, region.start + 300, region.start + 100, 9000);
    expect(Buffer.compare(region.data.subarray(300, 9300), before.subarray(100, 9100))).toBe(0);
  });

  it("copies up to the byte that faults", () => {
    const edge = memory.map(-0x2100_0000_0000, 4096);
    const source = h.string("0123456789");
    expect(() => call(string.memcpy, edge.start + 4092, source, 2 ** 40)).toThrow(/fault/);
    expect(Buffer.from(edge.data.subarray(4092)).toString()).toBe("0123");
    expect(() => call(string.memset, edge.start, 1, -1)).toThrow(/fault/);
  });

  it("compares and searches", () => {
    const a = h.string("abcz");
    const b = h.string("abca");
    expect(call(string.memcmp, a, b, 4)).toBe(25);
    expect(call(string.memcmp, b, a, 4)).toBe(-25);
    expect(call(string.memcmp, a, b, 3)).toBe(0);
    expect(call(string.memchr, a, 0x7a, 4)).toBe(a + 3);
    expect(call(string.memchr, a, 0x7a, 3)).toBe(NONE);
    expect(call(string.memscan, a, 0x7a, 3)).toBe(a + 3);
    expect(call(string.memchrInv, h.string("aaab"), 0x61, 3)).toBe(NONE);
    const odd = h.string("aaab");
    expect(call(string.memchrInv, odd, 0x61, 5)).toBe(odd + 3);
  });
});

describe("copying", () => {
  it("strncpy pads and does not terminate", () => {
    const at = buffer(8);
    expect(call(string.strncpy, at, h.string("ab"), 5)).toBe(at);
    expect(show(at, 8)).toBe("ab000...");
    call(string.strncpy, at, h.string("uvwxyz"), 3);
    expect(show(at, 8)).toBe("uvw00...");
  });

  it("strscpy truncates, and fills the last word with zeros", () => {
    const at = buffer(20);
    expect(call(string.strscpy, at, h.string("abc"), 20)).toBe(3);
    expect(show(at, 10)).toBe("abc00000..");
    const small = buffer(10);
    expect(call(string.strscpy, small, h.string("abcdefghij"), 6)).toBe(-7);
    expect(show(small, 8)).toBe("abcde0..");
    const exact = buffer(10);
    expect(call(string.strscpy, exact, h.string("abcde"), 6)).toBe(5);
    expect(show(exact, 8)).toBe("abcde0..");
    expect(call(string.strscpy, exact, h.string("a"), 0)).toBe(-7);
  });

  it("strscpy_pad zeroes the rest; strlcpy and strlcat say what they would need", () => {
    const at = buffer(12);
    expect(call(string.strscpyPad, at, h.string("ab"), 11)).toBe(2);
    expect(show(at, 12)).toBe("ab000000000.");
    expect(call(string.strlcpy, at, h.string("hello world"), 6)).toBe(11);
    expect(memory.cstring(at)).toBe("hello");
    expect(call(string.strlcat, at, h.string(", you"), 8)).toBe(10);
    expect(memory.cstring(at)).toBe("hello, ");
  });

  it("joins", () => {
    const at = buffer(20, "ab");
    call(string.strcat, at, h.string("cd"));
    call(string.strncat, at, h.string("efgh"), 2);
    expect(memory.cstring(at)).toBe("abcdef");
    expect(call(string.stpcpy, at, h.string("xyz"))).toBe(at + 3);
    call(string.memcpyAndPad, at, 6, h.string("qq"), 2, 0x21);
    expect(show(at, 7)).toBe("qq!!!!0");
  });
});

describe("comparing", () => {
  it("gives -1, 0, 1 as strcmp does, differences as strcasecmp does", () => {
    const [a, b] = [h.string("Hello"), h.string("hello")];
    expect(call(search.strcmp, a, b)).toBe(-1);
    expect(call(search.strcmp, b, a)).toBe(1);
    expect(call(search.strcmp, a, a)).toBe(0);
    expect(call(search.strcmp, h.string("a"), h.string("ab"))).toBe(-1);
    expect(call(search.strcmp, h.string("\xff"), h.string("a"))).toBe(1);
    expect(call(search.strncmp, a, h.string("HelpX"), 3)).toBe(0);
    expect(call(search.strcasecmp, a, b)).toBe(0);
    expect(call(search.strcasecmp, h.string("az"), h.string("AB"))).toBe(24);
    expect(call(search.strncasecmp, h.string("ABCx"), h.string("abcy"), 3)).toBe(0);
  });

  it("reads no further than the difference", () => {
    const edge = memory.map(-0x2200_0000_0000, 4);
    edge.data.fill(0x61);
    expect(call(search.strcmp, edge.start, h.string("aab"))).toBe(-1);
    expect(() => call(search.strcmp, edge.start, h.string("aaaa"))).toThrow(/fault/);
  });
});

describe("searching", () => {
  const s = h.string("path/to/file");

  it("finds characters", () => {
    expect(call(search.strchr, s, 0x2f)).toBe(s + 4);
    expect(call(search.strchr, s, 0x58)).toBe(NONE);
    expect(call(search.strchr, s, 0)).toBe(s + 12);
    expect(call(search.strrchr, s, 0x2f)).toBe(s + 7);
    expect(call(search.strrchr, s, 0)).toBe(s + 12);
    expect(call(search.strchrnul, s, 0x58)).toBe(s + 12);
    expect(call(search.strnchr, s, 4, 0x2f)).toBe(NONE);
    expect(call(search.strnchr, s, 5, 0x2f)).toBe(s + 4);
    expect(call(search.strpbrk, s, h.string("xo/"))).toBe(s + 4);
    expect(call(search.strspn, s, h.string("hatp"))).toBe(4);
    expect(call(search.strcspn, s, h.string("/"))).toBe(4);
  });

  it("finds strings", () => {
    expect(call(search.strstr, s, h.string("to"))).toBe(s + 5);
    expect(call(search.strstr, s, h.string(""))).toBe(s);
    expect(call(search.strstr, s, h.string("nope"))).toBe(NONE);
    expect(call(search.strnstr, s, h.string("file"), 11)).toBe(NONE);
    expect(call(search.strnstr, s, h.string("file"), 12)).toBe(s + 8);
  });

  it("splits", () => {
    const text = h.string("a,b;;c");
    const cursor = h.room(8);
    memory.setPointer(cursor, text);
    const parts: string[] = [];
    for (;;) {
      const part = call(search.strsep, cursor, h.string(",;"));
      if (part === 0) break;
      parts.push(memory.cstring(part));
    }
    expect(parts).toEqual(["a", "b", "", "c"]);
  });

  it("trims and replaces", () => {
    const padded = h.string(" \t word  \n");
    expect(memory.cstring(call(search.strim, padded))).toBe("word");
    expect(memory.cstring(call(search.strim, h.string("   ")))).toBe("");
    expect(call(search.skipSpaces, padded)).toBe(padded + 3);
    const dotted = h.string("a.b.c");
    expect(call(search.strreplace, dotted, 0x2e, 0x5f)).toBe(dotted + 5);
    expect(memory.cstring(dotted)).toBe("a_b_c");
  });
});

describe("lists of strings", () => {
  it("match whole strings, or lines", () => {
    const array = h.room(32);
    ["one", "two", "three"].forEach((text, index) => memory.setPointer(array + index * 8, h.string(text)));
    expect(call(search.matchString, array, 3, h.string("two"))).toBe(1);
    expect(call(search.matchString, array, 1, h.string("two"))).toBe(-22);
    expect(call(search.matchString, array, 100, h.string("four"))).toBe(-22);
    expect(call(search.sysfsMatchString, array, 3, h.string("three\n"))).toBe(2);
    expect(call(search.sysfsStreq, h.string("on\n"), h.string("on"))).toBe(1);
    expect(call(search.sysfsStreq, h.string("on"), h.string("on\n"))).toBe(1);
    expect(call(search.sysfsStreq, h.string("on\n\n"), h.string("on"))).toBe(0);
    expect(call(search.sysfsStreq, h.string("one"), h.string("on"))).toBe(0);
  });
});
