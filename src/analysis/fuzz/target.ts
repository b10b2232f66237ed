import { KoboxError } from "../../base/errors.ts";

/** What an input feeds. */
export type FuzzTarget =
  /** init and exit: which calls fail, which random numbers come. */
  | { readonly kind: "init" }
  /** The parameters' texts as well. */
  | { readonly kind: "params" }
  /** What init returns, held against the loader's own rules. */
  | { readonly kind: "return" }
  /** Reads and writes of one file. */
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "ioctl"; readonly path: string }
  /** Any system calls on all files that the module makes, then rmmod. */
  | { readonly kind: "sequence" };

const SIMPLE = new Set(["init", "params", "return", "sequence"]);

/** "init", "params", "return", "sequence", "file:/dev/x", "ioctl:/dev/x". Errors: KoboxError "usage". */
export const parseTarget = (text: string): FuzzTarget => {
  if (SIMPLE.has(text)) return { kind: text } as FuzzTarget;
  const [, kind, path] = /^(file|ioctl):(\/.+)$/.exec(text) ?? [];
  if (kind !== undefined && path !== undefined) return { kind: kind as "file" | "ioctl", path };
  throw new KoboxError("usage", `--target: ${text} is no target`, {
    hint: "Use init, params, return, sequence, file:/dev/NAME or ioctl:/dev/NAME.",
  });
};

export const targetText = (target: FuzzTarget): string =>
  "path" in target ? `${target.kind}:${target.path}` : target.kind;

/** Whether an execution begins before init (else after it). */
export const beginsBeforeInit = ({ kind }: FuzzTarget): boolean =>
  kind === "init" || kind === "params" || kind === "return";
