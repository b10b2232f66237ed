import {
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  S_IFSOCK,
} from "../../../kernel/user.ts";

const LETTERS: readonly (readonly [number, string])[] = [
  [S_IFDIR, "d"],
  [S_IFCHR, "c"],
  [S_IFBLK, "b"],
  [S_IFLNK, "l"],
  [S_IFIFO, "p"],
  [S_IFSOCK, "s"],
];

/** "-rw-r--r--" */
export const modeString = (mode: number): string => {
  const type = LETTERS.find(([bits]) => (mode & S_IFMT) === bits)?.[1] ?? "-";
  const bits = [..."rwxrwxrwx"].map((letter, index) => ((mode >> (8 - index)) & 1 ? letter : "-"));
  const special = (at: number, bit: number, letter: string): void => {
    if ((mode & bit) !== 0) bits[at] = bits[at] === "x" ? letter : letter.toUpperCase();
  };
  special(2, 0o4000, "s");
  special(5, 0o2000, "s");
  special(8, 0o1000, "t");
  return type + bits.join("");
};

/** As stat -c %F says it. */
export const fileTypeName = (mode: number, size: number): string => {
  const names: Readonly<Record<number, string>> = {
    [S_IFDIR]: "directory",
    [S_IFCHR]: "character special file",
    [S_IFBLK]: "block special file",
    [S_IFLNK]: "symbolic link",
    [S_IFIFO]: "fifo",
    [S_IFSOCK]: "socket",
    [S_IFREG]: size === 0 ? "regular empty file" : "regular file",
  };
  return names[mode & S_IFMT] ?? "weird file";
};

/** "644", "0644", "u+x,go=r": the new mode, or undefined when it is none. */
export const parseMode = (text: string, old: number): number | undefined => {
  if (/^[0-7]{1,4}$/.test(text)) return Number.parseInt(text, 8);
  let mode = old & 0o7777;
  for (const clause of text.split(",")) {
    const match = /^([ugoa]*)([-+=])([rwx]*)$/.exec(clause);
    if (match === null) return undefined;
    const [, who = "", action, letters = ""] = match;
    const people = who === "" || who.includes("a") ? "ugo" : who;
    const bits = [...letters].reduce((sum, letter) => sum | ({ r: 4, w: 2, x: 1 }[letter] ?? 0), 0);
    for (const person of people) {
      const shift = { u: 6, g: 3, o: 0 }[person] ?? 0;
      if (action === "=") mode &= ~(7 << shift);
      mode = action === "-" ? mode & ~(bits << shift) : mode | (bits << shift);
    }
  }
  return mode;
};

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** "Nov 23 07:35", or with the year when it is not of the last half year (ls.c). */
export const listTime = (time: bigint, now: bigint): string => {
  const date = new Date(Number(time / 1_000_000n));
  const day = `${MONTHS[date.getUTCMonth()] ?? ""} ${String(date.getUTCDate()).padStart(2)}`;
  const age = (now - time) / 1_000_000_000n;
  const recent = age < 15_724_800n && age > -15n * 60n;
  const two = (value: number): string => String(value).padStart(2, "0");
  const tail = recent
    ? `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`
    : ` ${date.getUTCFullYear()}`;
  return `${day} ${tail}`;
};
