import type { ByteString } from "../../../base/bytes.ts";
import { Errno } from "../../../base/errors.ts";
import type { Routine } from "../../../kernel/routine.ts";
import { O_CLOEXEC, O_RDONLY } from "../../../kernel/user.ts";
import { readText } from "../io.ts";
import type { ProgramCall } from "../program.ts";

/**
 * Opens a module file: of the sandbox, or else of the machine kobox runs on (a person at the
 * prompt names their own files). Throws the sandbox's Errno when there is neither.
 */
export function* openModule({ sys, host }: ProgramCall, path: ByteString): Routine<number> {
  try {
    return yield* sys.open(path, O_RDONLY | O_CLOEXEC);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    const image = host.readHostFile?.(Buffer.from(path, "latin1").toString("utf8"));
    if (image === undefined) throw error;
    return yield* sys.memfd(path, image);
  }
}

/** "dir/my-mod.ko.xz" -> "my_mod" (libkmod's path_to_modname). */
export const moduleName = (path: ByteString): ByteString =>
  path
    .slice(path.lastIndexOf("/") + 1)
    .replace(/\.ko(?:\.(?:gz|xz|zst))?$/, "")
    .replaceAll("-", "_");

/** One line of /proc/modules. */
export interface LoadedModule {
  readonly name: ByteString;
  readonly size: ByteString;
  /** References, "-" where the kernel cannot count. */
  readonly count: ByteString;
  readonly users: readonly ByteString[];
}

export function* loadedModules({ sys }: ProgramCall): Routine<readonly LoadedModule[]> {
  const text = yield* readText(sys, "/proc/modules");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [name = "", size = "", count = "", users = "-"] = line.split(" ");
      return {
        name,
        size,
        count,
        users: users === "-" ? [] : users.split(",").filter((user) => user !== "" && !user.startsWith("[")),
      };
    });
}

/** Parameters as insmod passes them: joined by blanks, a value with blanks in double quotes. */
export const joinParameters = (args: readonly ByteString[]): ByteString =>
  args
    .map((arg) => {
      const at = arg.indexOf("=");
      const value = arg.slice(at + 1);
      return at >= 0 && value.includes(" ") ? `${arg.slice(0, at + 1)}"${value}"` : arg;
    })
    .join(" ");
