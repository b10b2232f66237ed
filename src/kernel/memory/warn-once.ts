import type { PrivateMemory } from "./private-memory.ts";

/** WARN_ON_ONCE's memory. */
export interface WarnOnce {
  /** True at the first call with this name. */
  first(name: string): boolean;
}

export const createWarnOnce = (memory: PrivateMemory): WarnOnce => {
  const flags = memory.allocate(64);
  const indexes = new Map<string, number>();
  return {
    first(name) {
      let index = indexes.get(name);
      if (index === undefined) {
        index = flags + (indexes.size & 15);
        indexes.set(name, index);
      }
      if (memory.words[index] !== 0) return false;
      memory.set(index, 1);
      return true;
    },
  };
};
