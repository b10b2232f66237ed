/** include/linux/zlib.h: how much memory it wants (lib/zlib_deflate, lib/zlib_inflate). */
import { stub } from "../../src/stub/declare.ts";
import { bugAt } from "../reports.ts";

const MAX_MEM_LEVEL = 8;
/** Bytes of struct deflate_workspace, and of struct inflate_workspace. */
const DEFLATE_WORKSPACE = 5960;
const INFLATE_WORKSPACE = 42_312;

export const zlibDeflateWorkspacesize = stub(
  "int zlib_deflate_workspacesize(int windowBits, int memLevel)",
  (k, { windowBits, memLevel }) => {
    const bits = Math.abs(windowBits);
    if (memLevel < 1 || memLevel > MAX_MEM_LEVEL || bits < 9 || bits > 15)
      return bugAt(k, "zlib_deflate_workspacesize:1133");
    // Twice the window, two bytes a place in it, two for each hash, and four for each literal.
    return DEFLATE_WORKSPACE + 4 * 2 ** bits + 2 * 2 ** (memLevel + 7) + 4 * 2 ** (memLevel + 6);
  },
);
export const zlibInflateWorkspacesize = stub("int zlib_inflate_workspacesize(void)", () => INFLATE_WORKSPACE);
/** A facility of s390 machines. */
export const zlibDeflateDfltccEnabled = stub("int zlib_deflate_dfltcc_enabled(void)", () => 0);
