import type { ByteString } from "../../../base/bytes.ts";
import { EEXIST } from "../../../base/errno.ts";
import { Errno } from "../../../base/errors.ts";
import type { Routine } from "../../../kernel/routine.ts";
import { O_CREAT, O_TRUNC, O_WRONLY, type UserSystem } from "../../../kernel/user.ts";
import { writeText } from "../io.ts";
import { parseOptions } from "../options.ts";
import type { Program } from "../program.ts";
import { type ModuleFolder, aliasesOf, dependencies } from "../../module-folder/folder.ts";
import { moduleFolder } from "./modprobe.ts";

/** depmod's tables, by the file they belong into. */
const tables = (folder: ModuleFolder): readonly (readonly [file: string, text: ByteString])[] => {
  const names = [...folder.files.keys()];
  const path = (name: ByteString): string => folder.files.get(name) ?? name;
  const lines = (make: (name: ByteString) => readonly ByteString[]): ByteString =>
    names
      .flatMap(make)
      .map((line) => `${line}\n`)
      .join("");
  const softdeps = (name: ByteString): readonly ByteString[] =>
    folder
      .fields(name)
      .flatMap(([field, value]) => (field === "softdep" ? [`softdep ${name} ${value}`] : []));
  return [
    [
      "modules.dep",
      lines((name) => [[`${path(name)}:`, ...dependencies(folder, name).toReversed().map(path)].join(" ")]),
    ],
    [
      "modules.alias",
      `# Aliases extracted from modules themselves.\n${lines((name) => aliasesOf(folder, name).map((alias) => `alias ${alias} ${name}`))}`,
    ],
    ["modules.softdep", `# Soft dependencies extracted from modules themselves.\n${lines(softdeps)}`],
    [
      "modules.symbols",
      `# Aliases for symbols, used by symbol_request().\n${lines((name) => folder.exports(name).map((symbol) => `alias symbol:${symbol} ${name}`))}`,
    ],
  ];
};

function* makeFolders(sys: UserSystem, path: ByteString): Routine<void> {
  let place = "";
  for (const part of path.split("/").slice(1)) {
    place += `/${part}`;
    try {
      yield* sys.mkdir(place, 0o755);
    } catch (error) {
      if (!(error instanceof Errno) || error.errno !== EEXIST) throw error;
    }
  }
}

/** Tables of the folder's modules: into the sandbox's /lib/modules/RELEASE, with -n to standard output. */
export const depmod: Program = function* (call) {
  const { sys, out } = call;
  const options = parseOptions(call.argv, {
    letters: "naAveE:F:b:",
    long: { "dry-run": "n", show: "n", all: "a", quick: "A", verbose: "v" },
    usage: "[options] [version]",
  });
  const place = `/lib/modules/${options.rest[0] ?? sys.uname().release}`;
  const made = tables(moduleFolder(call));
  if (options.has("n")) {
    for (const [, text] of made) yield* out.print(text);
    return 0;
  }
  yield* makeFolders(sys, place);
  for (const [file, text] of made) {
    const fd = yield* sys.open(`${place}/${file}`, O_WRONLY | O_CREAT | O_TRUNC, 0o644);
    yield* writeText(sys, fd, text);
    yield* sys.close(fd);
  }
  return 0;
};
