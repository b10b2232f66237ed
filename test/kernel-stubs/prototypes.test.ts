/** Every stub's prototype against the kernel's own: BTF of the embedded profile. */
import { describe, expect, it } from "vitest";
import * as stubs from "../../kernel-stubs/index.ts";
import { compileDecoder, representationOf } from "../../src/abi/calls.ts";
import {
  type CType,
  formatType,
  parsePrototype,
  parseType,
  type Prototype,
} from "../../src/abi/prototype.ts";
import { openProfile } from "../../src/profile/profile.ts";
import type { Stub } from "../../src/stub/declare.ts";
import { createRegistry } from "../../src/stub/registry.ts";

const profile = openProfile(
  new URL("../../kernel-stubs/profiles/6.1.0-56-amd64.kprofile", import.meta.url).pathname,
);

/** BTF calls these `void f(void)`: they are assembler. */
const ASSEMBLER =
  /^(__?(copy|clear|get|put)_user|clear_user|copy_user|copy_page|clear_page|(__)?mem(cpy|set|move)$|__sw_hweight|preempt_schedule.*_thunk)/;

/** Exported by kernels of another version or configuration only. */
const ELSEWHERE = ["__local_bh_disable_ip"];

const resolve = (name: string): CType | undefined => {
  const target = profile.typedef(name);
  return target === undefined || /[({]/.test(target) ? undefined : parseType(target, resolve);
};

/** How a value of the type travels; pointers by what they point to, typedefs resolved. */
const shape = (type: CType): string => {
  if (type.kind === "scalar") return type.representation.replace("size", "64");
  if (type.kind === "pointer") return type.to.kind === "function" ? "function *" : `${target(type.to)} *`;
  return formatType(type);
};
const target = (type: CType): string => {
  if (type.kind === "pointer") return shape(type);
  if (type.kind === "named") {
    if (type.name === "va_list") return "struct __va_list_tag";
    const resolved = profile.typedef(type.name);
    return resolved === undefined || resolved.startsWith("struct {") ? type.name : resolved;
  }
  return shape(type);
};
const summary = ({ result, parameters, variadic }: Prototype): string =>
  `${shape(result)} (${[...parameters.map(({ type }) => shape(type)), ...(variadic ? ["..."] : [])].join(", ")})`;

const all = createRegistry(stubs)
  .all()
  .filter((declared): declared is Stub => declared.kind === "stub");
const exported = all.flatMap((stub) => {
  const text = [stub.name, ...stub.aliases].map((name) => profile.prototype(name)).find((found) => found);
  return text === undefined || ASSEMBLER.test(stub.name) ? [] : [{ stub, text }];
});

describe("prototypes", () => {
  it("there are stubs to compare", () => expect(exported.length).toBeGreaterThan(50));

  it.each(exported)("$stub.name", ({ stub, text }) => {
    expect(summary(parsePrototype(stub.prototype))).toBe(summary(parsePrototype(text, resolve)));
  });

  it.each(all)("$name can be decoded", (stub) => {
    const prototype = parsePrototype(stub.prototype);
    representationOf(prototype.result);
    compileDecoder(prototype);
    expect(prototype.parameters.map(({ name }) => name)).not.toContain("");
    const names = new Set(["return", "current", ...prototype.parameters.map(({ name }) => name)]);
    for (const argument of Object.values({ ...stub.acquires, ...stub.releases }))
      if (typeof argument === "string") expect(names).toContain(argument);
  });

  it("name symbols that the kernel has", () => {
    const unknown = createRegistry(stubs)
      .all()
      .filter(
        ({ name, aliases }) =>
          ![name, ...aliases].some((symbol) => profile.symbol(symbol) ?? profile.kernelSymbol(symbol)),
      )
      .map(({ name }) => name)
      .filter((name) => !ELSEWHERE.includes(name));
    expect(unknown).toEqual([]);
  });
});
