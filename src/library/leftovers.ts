import { displayText } from "../base/bytes.ts";
import type { Sandbox } from "../sandbox.ts";

/** Something that a module acquired and still has. */
export interface Leftover {
  /** "module", ... */
  readonly kind: string;
  readonly message: string;
  /** Where it was acquired, innermost first. */
  readonly stack: readonly string[];
}

export const leftoversOf = ({ kernel }: Sandbox): readonly Leftover[] =>
  kernel.modules.list.all().map(({ name }) => ({
    kind: "module",
    message: `${displayText(name)} is still loaded`,
    stack: [],
  }));
