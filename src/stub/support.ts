import type { Profile } from "../profile/profile.ts";
import type { Registry } from "./registry.ts";

/**
 * How an import is served: by a stub that does what the kernel does, by one that lacks something,
 * by a typed guess, by another module, or not at all.
 */
export type ImportSupport = "full" | "partial" | "typed" | "module" | "unknown";

export const supportOf = (profile: Profile, registry: Registry, name: string): ImportSupport => {
  const declared = registry.find(name);
  const symbol = profile.symbol(name);
  if (symbol === undefined) return declared === undefined ? "module" : "unknown";
  if (declared !== undefined) return declared.level === "full" ? "full" : "partial";
  // Variables without a declaration have the contents they have in the kernel's image.
  return symbol.kind === "function" ? "typed" : "partial";
};
