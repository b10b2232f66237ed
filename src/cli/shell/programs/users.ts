import { Errno } from "../../../base/errors.ts";
import type { Routine } from "../../../kernel/routine.ts";
import type { UserSystem } from "../../../kernel/user.ts";
import { readText } from "../io.ts";

/** Names by number from /etc/passwd or /etc/group; a number without a name shows as itself. */
export function* readNames(sys: UserSystem, file: string): Routine<ReadonlyMap<number, string>> {
  try {
    const lines = (yield* readText(sys, file)).split("\n").map((line) => line.split(":"));
    return new Map(lines.map(([name = "", , id = ""]) => [Number(id), name]));
  } catch (error) {
    if (error instanceof Errno) return new Map();
    throw error;
  }
}
