/** Programs of user space that the kernel starts (kernel/umh.c). None is run: each is noted, and ends as was said. */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { ENOENT } from "../../base/errno.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";

export interface HelperCall {
  readonly path: ByteString;
  readonly argv: readonly ByteString[];
  readonly envp: readonly ByteString[];
  readonly wait: "none" | "exec" | "end";
  /** What the caller was told. */
  readonly result: number;
}

export interface Usermode {
  /** Every start so far, in order. */
  calls(): readonly HelperCall[];
  /** From now on the program at `path` ends with this wait status (an exit code times 256). */
  endsWith(path: ByteString, status: number): void;
  /** Notes a start; a wait status or -errno: ENOENT where there is no such file and nothing was said. */
  start(path: ByteString, argv: Address, envp: Address, wait: number): number;
}

// include/linux/umh.h
const WAIT = { EXEC: 1, PROC: 2 } as const;
const MAX_STRINGS = 256;
/** Where a machine has its programs: taken to be there. */
const PROGRAMS = /^\/(usr\/)?s?bin\/[^/]+$/;

export const createUsermode = (k: Kernel): Usermode => {
  const state: { calls: readonly HelperCall[] } = { calls: [] };
  const results: JournalMap<ByteString, number> = k.journal.map();
  const strings = (table: Address): ByteString[] => {
    const found: ByteString[] = [];
    for (let index = 0; table !== 0 && index < MAX_STRINGS; index += 1) {
      const at = k.memory.pointer(table + index * 8);
      if (at === 0) break;
      found.push(k.memory.cstring(at, 4096));
    }
    return found;
  };
  return {
    calls: () => state.calls,
    endsWith: (path, status) => results.set(path, status),
    start(path, argv, envp, wait) {
      const told = results.get(path);
      const there = told !== undefined || PROGRAMS.test(path) || k.vfs.tree.find(path)?.kind === "file";
      let result = 0;
      if ((wait & (WAIT.EXEC | WAIT.PROC)) !== 0 && !there) result = -ENOENT;
      else if ((wait & WAIT.PROC) !== 0) result = told ?? 0;
      const kind = (wait & WAIT.PROC) !== 0 ? "end" : (wait & WAIT.EXEC) !== 0 ? "exec" : "none";
      const call = { path, argv: strings(argv), envp: strings(envp), wait: kind, result } as const;
      k.journal.touch(state).calls = [...state.calls, call];
      return result;
    },
  };
};
