import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** One engine as the addon makes it. Buffers are shared with native code. */
export interface NativeEngine {
  readonly ram: ArrayBuffer;
  readonly registers: ArrayBuffer;
  readonly stop: ArrayBuffer;
  readonly counters: ArrayBuffer;
  readonly hostDirty: ArrayBuffer;
  readonly resume: (flags: number) => number;
  readonly setControl: (which: number, value: bigint) => void;
  readonly getControl: (which: number) => bigint;
  readonly flushTlb: () => void;
  readonly invalidateCode: (address: number | bigint, length: number) => void;
  readonly snapshotTake: () => void;
  readonly snapshotRestore: () => number;
  readonly snapshotDrop: () => void;
  readonly close: () => void;
}

export interface Addon {
  readonly version: string;
  readonly createEngine: (ramSize: number, flags: number) => NativeEngine;
}

/** Where the package is, seen from this file or from a bundle that contains it. */
const PACKAGE_FOLDERS = ["./", "../src/unicorn-engine/", "../../src/unicorn-engine/"];

const find = (name: string): string | undefined =>
  PACKAGE_FOLDERS.map((folder) => fileURLToPath(new URL(folder + name, import.meta.url))).find(existsSync);

const build = (): void => {
  const script = find("install.mjs");
  if (script !== undefined) spawnSync(process.execPath, [script], { stdio: ["ignore", 2, 2] });
};

/** The addon; it is built first where it is missing. */
export const loadAddon = (): Addon => {
  const name = "build/unicorn_engine.node";
  let path = find(name);
  if (path === undefined) {
    build();
    path = find(name);
  }
  if (path === undefined) {
    throw Object.assign(
      new Error("the engine binding is not built; run: node src/unicorn-engine/install.mjs"),
      {
        code: "ERR_ENGINE_MISSING",
      },
    );
  }
  return createRequire(import.meta.url)(path) as Addon;
};
