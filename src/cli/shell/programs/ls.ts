import type { ByteString } from "../../../base/bytes.ts";
import { Errno } from "../../../base/errors.ts";
import type { Routine } from "../../../kernel/routine.ts";
import {
  major,
  minor,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFSOCK,
  type Stat,
} from "../../../kernel/user.ts";
import { type Options, parseOptions } from "../options.ts";
import type { Program, ProgramCall } from "../program.ts";
import { complainAbout } from "./inputs.ts";
import { listTime, modeString } from "./mode.ts";
import { readNames } from "./users.ts";

interface Entry {
  readonly name: ByteString;
  readonly path: ByteString;
  readonly stat: Stat;
}

interface Listing {
  readonly call: ProgramCall;
  readonly options: Options;
  readonly users: ReadonlyMap<number, string>;
  readonly groups: ReadonlyMap<number, string>;
  status: number;
  /** Something was printed already: headings are set off by an empty line. */
  printed: boolean;
}

const isType = (stat: Stat, type: number): boolean => (stat.mode & S_IFMT) === type;

const byName = (a: Entry, b: Entry): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

const sorted = (entries: readonly Entry[], options: Options): readonly Entry[] => {
  let list = [...entries].sort(byName);
  if (options.has("S")) list = list.sort((a, b) => b.stat.size - a.stat.size);
  if (options.has("t"))
    list = list.sort((a, b) => (a.stat.mtime < b.stat.mtime ? 1 : a.stat.mtime > b.stat.mtime ? -1 : 0));
  return options.has("r") ? list.toReversed() : list;
};

function* look(listing: Listing, path: ByteString, follow: "follow" | "link"): Routine<Stat | undefined> {
  const { sys } = listing.call;
  try {
    if (follow === "follow" || listing.options.has("L")) return yield* sys.stat(path);
    return yield* sys.lstat(path);
  } catch (error) {
    yield* complainAbout(listing.call, path, error);
    listing.status = 1;
    return undefined;
  }
}

const indicator = ({ mode }: Stat, options: Options): string => {
  const type = mode & S_IFMT;
  if (type === S_IFDIR && (options.has("F") || options.has("p"))) return "/";
  if (!options.has("F")) return "";
  const marks: Readonly<Record<number, string>> = { [S_IFLNK]: "@", [S_IFIFO]: "|", [S_IFSOCK]: "=" };
  return marks[type] ?? ((mode & 0o111) !== 0 && type !== S_IFCHR ? "*" : "");
};

const human = (size: number): string => {
  if (size < 1024) return String(size);
  let value = size;
  let unit = "";
  for (const next of "KMGT") {
    if (value < 1024) break;
    value /= 1024;
    unit = next;
  }
  return value.toFixed(1) + unit;
};

const longLine = (listing: Listing, { stat }: Entry, now: bigint): string => {
  const { options } = listing;
  const owner = (id: number, names: ReadonlyMap<number, string>): string =>
    (options.has("n") ? String(id) : (names.get(id) ?? String(id))).slice(0, 8).padEnd(8);
  const device = isType(stat, S_IFCHR) || isType(stat, S_IFBLK);
  const size = device
    ? `${String(major(stat.rdev)).padStart(4)},${String(minor(stat.rdev)).padStart(4)}`
    : (options.has("h") ? human(stat.size) : String(stat.size)).padStart(9);
  const who = `${owner(stat.uid, listing.users)} ${owner(stat.gid, listing.groups)}`;
  return `${modeString(stat.mode)} ${String(stat.nlink).padStart(4)} ${who} ${size} ${listTime(stat.mtime, now)} `;
};

function* printEntry(listing: Listing, entry: Entry, now: bigint): Routine<void> {
  const { call, options } = listing;
  let line = "";
  if (options.has("i")) line += `${String(entry.stat.ino).padStart(7)} `;
  if (options.has("s")) line += `${String(Math.ceil(entry.stat.blocks / 2)).padStart(6)} `;
  if (isLong(options)) line += longLine(listing, entry, now);
  line += entry.name + indicator(entry.stat, options);
  if (isLong(options) && isType(entry.stat, S_IFLNK)) {
    try {
      line += ` -> ${yield* call.sys.readlink(entry.path)}`;
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  }
  yield* call.out.print(`${line}\n`);
  listing.printed = true;
}

const isLong = (options: Options): boolean => options.has("l") || options.has("n");

const hidden = (name: ByteString, options: Options): boolean =>
  name.startsWith(".") && !options.has("a") && !options.has("A");

function* entriesOf(listing: Listing, folder: ByteString): Routine<readonly Entry[] | undefined> {
  const { sys } = listing.call;
  const names: ByteString[] = listing.options.has("a") ? [".", ".."] : [];
  try {
    for (const { name } of yield* sys.readdir(folder)) if (!hidden(name, listing.options)) names.push(name);
  } catch (error) {
    yield* complainAbout(listing.call, `can't open '${folder}'`, error);
    listing.status = 1;
    return undefined;
  }
  const entries: Entry[] = [];
  for (const name of names) {
    const path = folder.endsWith("/") ? folder + name : `${folder}/${name}`;
    const stat = yield* look(listing, path, "link");
    if (stat !== undefined) entries.push({ name, path, stat });
  }
  return sorted(entries, listing.options);
}

function* listFolder(listing: Listing, folder: ByteString, heading: boolean, depth: number): Routine<void> {
  const { call, options } = listing;
  const entries = yield* entriesOf(listing, folder);
  if (entries === undefined) return;
  if (heading) yield* call.out.print(`${listing.printed ? "\n" : ""}${folder}:\n`);
  listing.printed = true;
  const blocks = entries.reduce((sum, { stat }) => sum + stat.blocks, 0);
  if (isLong(options) || options.has("s")) yield* call.out.print(`total ${Math.ceil(blocks / 2)}\n`);
  const now = call.sys.realtime();
  for (const entry of entries) yield* printEntry(listing, entry, now);
  if (!options.has("R") || depth > 40) return;
  for (const { name, path, stat } of entries) {
    if (isType(stat, S_IFDIR) && name !== "." && name !== "..")
      yield* listFolder(listing, path, true, depth + 1);
  }
}

export const ls: Program = function* (call) {
  const options = parseOptions(call.argv, {
    letters: "1AaCxdLHRFplinshrSXvctukw:",
    long: { color: "C", "full-time": "l", "group-directories-first": "C" },
    usage: "[-1AaCxdLHRFplinshrSXvctu] [FILE]...",
  });
  const listing: Listing = {
    call,
    options,
    users: isLong(options) ? yield* readNames(call.sys, "/etc/passwd") : new Map(),
    groups: isLong(options) ? yield* readNames(call.sys, "/etc/group") : new Map(),
    status: 0,
    printed: false,
  };
  const entries: Entry[] = [];
  // A link given by name is followed to a folder, but shown as a link in a long list.
  const follow = isLong(options) || options.has("d") ? "link" : "follow";
  for (const path of options.rest.length === 0 ? ["."] : options.rest) {
    const stat = yield* look(listing, path, follow);
    if (stat !== undefined) entries.push({ name: path, path, stat });
  }
  const isFolder = ({ stat }: Entry): boolean => isType(stat, S_IFDIR) && !options.has("d");
  const now = call.sys.realtime();
  for (const entry of sorted(
    entries.filter((one) => !isFolder(one)),
    options,
  ))
    yield* printEntry(listing, entry, now);
  const heading = entries.length > 1 || options.has("R") || (listing.status !== 0 && options.rest.length > 1);
  for (const { path } of sorted(entries.filter(isFolder), options))
    yield* listFolder(listing, path, heading, 0);
  return listing.status;
};
