import { leftBehind } from "../analysis/ledger/audit.ts";
import type { Ledger } from "../analysis/ledger/ledger.ts";
import { displayText } from "../base/bytes.ts";
import type { Sandbox } from "../sandbox.ts";

/** Something that a module acquired and still has. */
export interface Leftover {
  /** "module" for one that is still loaded; else as findings call it: "leak", "left-registered", ... */
  readonly kind: string;
  readonly message: string;
  /** Where it was acquired, innermost first. */
  readonly stack: readonly string[];
}

/** Modules that are still loaded, and what those that are gone have not given back. */
export const leftoversOf = ({ kernel }: Sandbox, ledger: Ledger): readonly Leftover[] => {
  const loaded = new Set(kernel.modules.list.all().map(({ name }) => name));
  const owners = new Set(ledger.held().map(({ module }) => module));
  const gone = [...owners].filter((name) => name !== undefined && !loaded.has(name)) as string[];
  const occasion = (name: string): "exit" | "failed-init" =>
    kernel.modules.history.last(name)?.exit === undefined ? "failed-init" : "exit";
  return [
    ...[...loaded].map((name) => ({
      kind: "module",
      message: `${displayText(name)} is still loaded`,
      stack: [],
    })),
    ...gone.flatMap((name) =>
      leftBehind(kernel, ledger, name, occasion(name)).map(({ kind, message, stack }) => ({
        kind,
        message: `${displayText(name)}: ${displayText(message)}`,
        stack: stack.map(displayText),
      })),
    ),
  ];
};
