import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** One engine as the addon makes it. Buffers are shared with native code. */
export interface NativeEngine {
  readonly ram: ArrayBuffer;
  readonly registers: ArrayBuffer;
  readonly stop: ArrayBuffer;
  readonly counters: ArrayBuffer;
  readonly hostDirty: ArrayBuffer;
  readonly edges: ArrayBuffer;
  /** Only of an engine that checks. */
  readonly shadow?: ArrayBuffer;
  readonly violations?: ArrayBuffer;
  readonly resume: (flags?: number) => number;
  readonly setControl: (which: number, value: bigint) => void;
  readonly getControl: (which: number) => bigint;
  readonly flushTlb: () => void;
  readonly invalidateCode: (address: number | bigint, length: number) => void;
  readonly snapshotTake: () => void;
  readonly snapshotRestore: () => number;
  readonly snapshotDrop: () => void;
  readonly coverageStart: () => void;
  readonly coverageStop: () => void;
  readonly coverageReset: () => void;
  readonly coverageBlocks: () => ArrayBuffer;
  readonly saveContext: () => number;
  readonly restoreContext: (slot: number) => void;
  readonly freeContext: (slot: number) => void;
  readonly close: () => void;
}

export interface Addon {
  readonly version: string;
  readonly createEngine: (ramSize: number, checks: number) => NativeEngine;
  /** Undefined for what is no plain file, and an empty one. */
  readonly mapText: (path: string) => string | undefined;
  readonly mapFile: (path: string) => ArrayBuffer | undefined;
  /** Exits without waiting for anything. */
  readonly quit: (code: number) => never;
}

/** Where the package is, seen from this file or from a bundle that contains it. */
const PACKAGE_FOLDERS = ["", "../src/unicorn-engine/", "../../src/unicorn-engine/"];

const find = (name: string): string | undefined =>
  PACKAGE_FOLDERS.map((folder) => `${import.meta.dirname}/${folder}${name}`).find(existsSync);

/** The script says on standard error what it does and, if it cannot, why. */
const build = (): void => {
  const script = find("install.mjs");
  if (script !== undefined) spawnSync(process.execPath, [script], { stdio: ["ignore", 2, 2] });
};

const NAME = "build/unicorn_engine.node";

const missing = (): Error =>
  Object.assign(new Error("the engine binding is not built"), {
    code: "ERR_ENGINE_MISSING",
    hint: "Run: node src/unicorn-engine/install.mjs",
  });

/** The addon; it is built first where it is missing. Throws an Error with `code` and `hint` where that fails. */
export const loadAddon = (): Addon => {
  let path = find(NAME);
  if (path === undefined) {
    build();
    path = find(NAME);
  }
  if (path === undefined) throw missing();
  // Not by `require`, which looks for package.json files first; that takes as long as the rest.
  const module: { exports: unknown } = { exports: {} };
  process.dlopen(module, path);
  return module.exports as Addon;
};
