/** Code blocks of a Markdown file, so that what a guide shows is what is tested. */
import { readFileSync } from "node:fs";
import { transformSync } from "esbuild";

export interface CodeBlock {
  /** Heading it stands under. */
  readonly heading: string;
  readonly line: number;
  readonly code: string;
}

export const codeBlocks = (path: string, language: string): readonly CodeBlock[] => {
  const blocks: CodeBlock[] = [];
  let heading = "";
  let open: { line: number; lines: string[]; wanted: boolean } | undefined;
  for (const [index, line] of readFileSync(path, "utf8").split("\n").entries()) {
    if (line.startsWith("```") && open === undefined) {
      open = { line: index + 1, lines: [], wanted: line.slice(3).trim() === language };
    } else if (line.startsWith("```") && open !== undefined) {
      if (open.wanted) blocks.push({ heading, line: open.line, code: open.lines.join("\n") });
      open = undefined;
    } else if (open !== undefined) open.lines.push(line);
    else heading = /^#+ (.*)/.exec(line)?.[1] ?? heading;
  }
  return blocks;
};

const IMPORT = /^import (?:(\{[^}]*\}) from )?"([^"]+)";$/gm;

/** Runs a block of TypeScript whose imports are these modules. */
export const runBlock = (code: string, modules: Readonly<Record<string, object>>): void => {
  const body = code.replace(IMPORT, (_line, names: string | undefined, from: string) => {
    if (modules[from] === undefined) throw new Error(`the example imports ${from}`);
    return names === undefined ? "" : `const ${names} = modules[${JSON.stringify(from)}];`;
  });
  const { code: script } = transformSync(body, { loader: "ts", target: "node20" });
  // The guide's own text, run as its reader would.
  // oxlint-disable-next-line no-new-func
  new Function("modules", script)(modules);
};
