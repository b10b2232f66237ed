import { openDefaultProfile } from "../../profile/default-profile.ts";
import { createRegistry } from "../../stub/registry.ts";
import * as stubs from "../../../kernel-stubs/index.ts";
import type { Declared } from "../../stub/declare.ts";
import { EXIT } from "../exit.ts";

interface Row {
  readonly name: string;
  readonly kind: Declared["kind"];
  /** Undefined when it does all the real one does. */
  readonly missing: string | undefined;
}

const rows = (): Row[] =>
  createRegistry(stubs)
    .all()
    .flatMap(({ name, aliases, kind, level }) =>
      [name, ...aliases].map((each) => ({
        name: each,
        kind,
        missing: level === "full" ? undefined : level.partial,
      })),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));

/** One a line, so that a change shows; read as Markdown they flow. */
const list = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(",\n");

/** The text of docs/compatibility.md. */
export const compatibilityText = (): string => {
  const profile = openDefaultProfile();
  const all = rows();
  const exported = all.filter(({ name }) => profile.symbol(name) !== undefined);
  const partial = all.filter(({ missing }) => missing !== undefined);
  const full = (kind: Row["kind"]): string[] =>
    all.filter((row) => row.kind === kind && row.missing === undefined).map(({ name }) => name);
  const total = [...profile.exportedNames()].length;
  return [
    "# Compatibility",
    "",
    "Made by `npm run compatibility`. Which of the kernel's symbols kobox serves, and how.",
    "",
    `Kernel ${profile.release}: ${total} exported symbols.`,
    `${exported.length} of them have a stub of their own,`,
    `${exported.length - partial.length} of these do what the real one does.`,
    "Every other function answers with a typed guess, which the report names;",
    "every other variable has the contents it has in the kernel's image.",
    "",
    "## Partial",
    "",
    "| symbol | what is missing |",
    "| --- | --- |",
    ...partial.map(({ name, missing }) => `| \`${name}\` | ${missing} |`),
    "",
    "## Functions",
    "",
    list(full("stub")),
    "",
    "## Guest code and assembler conventions",
    "",
    list([...full("code"), ...full("registers")].sort()),
    "",
    "## Variables",
    "",
    list(full("variable")),
    "",
  ].join("\n");
};

export const compatibilityCommand = (): number => {
  process.stdout.write(compatibilityText());
  return EXIT.CLEAN;
};
