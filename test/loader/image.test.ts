import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { hex16 } from "../../src/base/address.ts";
import type { ModuleImage } from "../../src/loader/image.ts";
import { patchComing } from "../../src/loader/load.ts";
import { moduleStructAddress } from "../../src/loader/module-struct.ts";
import type { StaticCallKeys } from "../../src/loader/static-calls.ts";
import {
  debianBuild,
  debianProfile,
  loadForTest,
  moduleFile,
  recordedPatching,
} from "../support/load-host.ts";

/** What l_image.ko printed of itself on Debian's 6.1.0-56-amd64, during its init. */
const recording = JSON.parse(
  readFileSync(new URL("fixtures/l_image.json", import.meta.url), "utf8"),
) as Record<"core" | "init" | "percpu" | "core_bytes" | "init_bytes", string>;

const kernel = (name: string) => debianProfile().kernelSymbol(name)?.address ?? 0;

/** The kernel's static calls: Debian's preemption mode makes both of them __cond_resched. */
const staticCallKeys: StaticCallKeys = {
  keyOfTrampoline: (address) => {
    const name = debianProfile().symbolAt(address)?.name ?? "";
    return name.startsWith("__SCT__") ? kernel(name.replace("__SCT__", "__SCK__")) : undefined;
  },
  functionOf: (key) =>
    ["__SCK__cond_resched", "__SCK__might_resched"].map(kernel).includes(key)
      ? kernel("__cond_resched")
      : undefined,
  returnZero: kernel("__static_call_return0"),
};

const load = () => {
  const percpu = parseInt(recording.percpu, 16);
  const bytes = moduleFile("loader/fixtures/l_image.ko");
  const { prepared, image, linked } = loadForTest(bytes, { percpu });
  patchComing({
    image,
    sections: linked.sections,
    patching: recordedPatching(),
    foreignKey: () => undefined,
    staticCalls: staticCallKeys,
  });
  return { info: prepared.info, image };
};

/** Members of struct module that the life cycle fills, and their bytes. */
const LIFE_CYCLE: readonly (readonly [string, number])[] = [
  ["state", 4],
  ["list", 16],
  ["mkobj", 96],
  ["param_lock", 32],
  ["core_layout.mtn", 56],
  ["init_layout.mtn", 56],
  ["bug_list", 16],
  ["modinfo_attrs", 8],
  ["version", 8],
  ["srcversion", 8],
  ["holders_dir", 8],
  ["sect_attrs", 8],
  ["notes_attrs", 8],
  ["args", 8],
  ["klp_alive", 1],
  ["source_list", 16],
  ["target_list", 16],
  ["refcnt", 4],
];

/** Offsets in the core part that are not the loader's: struct module's, and pointers set later. */
const notTheLoaders = (image: ModuleImage, struct: number): Set<number> => {
  const offsets = new Set<number>();
  const add = (start: number, length: number) => {
    for (let i = 0; i < length; i += 1) offsets.add(start + i);
  };
  for (const [member, size] of LIFE_CYCLE) {
    const at = debianBuild().moduleStruct.offset(member);
    if (at !== undefined) add(struct - image.core.base + at, size);
  }
  // static_call_key.mods of both keys, and the string that the parameter points to.
  for (const offset of [0x3038, 0x3048, 0x3070]) add(offset, 8);
  return offsets;
};

const differences = (mine: Uint8Array, theirs: Uint8Array, skip: Set<number>): string[] => {
  const found: string[] = [];
  for (let i = 0; i < Math.max(mine.length, theirs.length); i += 1) {
    if (mine[i] !== theirs[i] && !skip.has(i)) found.push(`${i.toString(16)}: ${mine[i]} for ${theirs[i]}`);
  }
  return found;
};

test("a module's memory is what the kernel makes of it, byte for byte", () => {
  const { info, image } = load();
  expect(hex16(image.core.base)).toBe(recording.core);
  expect(hex16(image.init?.base ?? 0)).toBe(recording.init);
  const skip = notTheLoaders(image, moduleStructAddress(info, image));
  expect(differences(image.core.bytes, Buffer.from(recording.core_bytes, "base64"), skip)).toEqual([]);
  const init = image.init?.bytes ?? new Uint8Array(0);
  expect(differences(init, Buffer.from(recording.init_bytes, "base64"), new Set())).toEqual([]);
});
