import type { ByteString } from "../../base/bytes.ts";
import { Errno } from "../../base/errors.ts";
import type { Routine } from "../../kernel/routine.ts";
import { S_IFDIR, S_IFMT } from "../../kernel/user.ts";
import { BUILTINS } from "./builtins/index.ts";
import { readText } from "./io.ts";
import { programNames } from "./programs/index.ts";
import type { Shell } from "./run/state.ts";
import type { Session } from "./session.ts";

/** Words after which, or at the start of which, a command is expected. */
const COMMAND_POSITION = /(?:^|[;&|({]|\b(?:then|do|else|if|while|until|!))\s*$/;

const commandNames = (shell: Shell): string[] => [
  ...BUILTINS.keys(),
  ...programNames(),
  ...shell.state.functions.keys(),
  ...(shell.host.commands?.keys() ?? []),
];

function* guestPaths(shell: Shell, folder: ByteString): Routine<string[]> {
  const { sys } = shell;
  const names: string[] = [];
  try {
    for (const { name } of yield* sys.readdir(folder === "" ? "." : folder)) {
      const { mode } = yield* sys.stat(folder + name);
      names.push((mode & S_IFMT) === S_IFDIR ? `${name}/` : name);
    }
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
  return names;
}

function* loadedNames(shell: Shell): Routine<string[]> {
  try {
    const text = yield* readText(shell.sys, "/proc/modules");
    return text.split("\n").map((line) => line.split(" ", 1)[0] ?? "");
  } catch (error) {
    if (error instanceof Errno) return [];
    throw error;
  }
}

/** Host files an insmod may name: folders and modules. */
const hostPaths = (shell: Shell, folder: string): readonly string[] =>
  (shell.host.listHostFolder?.(folder === "" ? "." : folder) ?? []).filter((name) =>
    /\/$|\.ko(\.\w+)?$/.test(name),
  );

function* candidates(shell: Shell, before: string, word: string): Routine<readonly string[]> {
  if (COMMAND_POSITION.test(before) && !word.includes("/")) return commandNames(shell);
  const command = /([\w-]+)\s+\S*\s*$/.exec(before)?.[1] ?? /([\w-]+)\s*$/.exec(before)?.[1] ?? "";
  if (command === "rmmod") return yield* loadedNames(shell);
  const folder = word.slice(0, word.lastIndexOf("/") + 1);
  const names = yield* guestPaths(shell, folder);
  if (["insmod", "modinfo"].includes(command)) names.push(...hostPaths(shell, folder));
  return names
    .filter((name) => !name.startsWith(".") || word.startsWith(`${folder}.`))
    .map((name) => folder + name);
}

/** What the last word of the line may become, and that word (node:readline's completer). */
export const complete = (session: Session, line: string): [string[], string] => {
  const word = /[^\s;&|<>()'"]*$/.exec(line)?.[0] ?? "";
  const before = line.slice(0, line.length - word.length);
  const found = session.perform((shell) => candidates(shell, before, word)) ?? [];
  const fitting = [...new Set(found)].filter((name) => name !== "" && name.startsWith(word)).sort();
  const [only] = fitting;
  if (only === undefined || fitting.length > 1 || only.endsWith("/")) return [fitting, word];
  return [[`${only} `], word];
};
