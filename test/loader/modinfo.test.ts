import { expect, test } from "vitest";
import { isGplCompatible } from "../../src/loader/license.ts";
import { modinfoParameters, parseModinfo } from "../../src/loader/modinfo.ts";
import { sameMagic } from "../../src/loader/versions.ts";

const parse = (...strings: readonly string[]) => parseModinfo(Buffer.from(strings.join("\0"), "latin1"));

test("strings in order, the first value of a tag for the kernel", () => {
  const modinfo = parse("license=GPL", "alias=a", "", "", "alias=b=c", "no tag", "=empty", "name=");
  expect(modinfo.entries).toEqual([
    ["license", "GPL"],
    ["alias", "a"],
    ["alias", "b=c"],
    ["name", ""],
  ]);
  expect(modinfo.get("alias")).toBe("a");
  expect(modinfo.all("alias")).toEqual(["a", "b=c"]);
  expect(modinfo.get("name")).toBe("");
  expect(modinfo.get("ali")).toBeUndefined();
});

test("a section that ends without a NUL, or is empty", () => {
  expect(parse("license=GP").get("license")).toBe("GP");
  expect(parse().entries).toEqual([]);
});

test("parameters join type and description", () => {
  const modinfo = parse(
    "parmtype=b:int",
    "parm=a:what: it is",
    "parmtype=a:array of int",
    "parm=c:",
    "parm=d",
  );
  expect(modinfoParameters(modinfo)).toEqual([
    { name: "b", type: "int", description: undefined },
    { name: "a", type: "array of int", description: "what: it is" },
    { name: "c", type: undefined, description: "" },
    { name: "d", type: undefined, description: "" },
  ]);
});

test("licences the kernel takes for GPL", () => {
  for (const license of ["GPL", "GPL v2", "Dual MIT/GPL", "Dual BSD/GPL", "GPL and additional rights"]) {
    expect(isGplCompatible(license)).toBe(true);
  }
  for (const license of ["gpl", "GPLv2", "GPL-2.0", "Proprietary", "", "BSD"]) {
    expect(isGplCompatible(license)).toBe(false);
  }
});

test("with CRCs, the release of a version magic does not count", () => {
  expect(sameMagic("6.1.0-1 SMP x ", "6.1.0-2 SMP x ", "crcs")).toBe(true);
  expect(sameMagic("6.1.0-1 SMP x ", "6.1.0-2 SMP x ", "no-crcs")).toBe(false);
  expect(sameMagic("6.1.0-1 SMP ", "6.1.0-1 SMP x ", "crcs")).toBe(false);
  expect(sameMagic("6.1.0", "6.1.0-2", "crcs")).toBe(true);
});
