import type { ByteString } from "../../base/bytes.ts";

/**
 * Makes two kernels' log lines comparable: values that no two boots share become `#`. What can
 * agree stays: text, symbols and offsets, module addresses, errnos, levels.
 */

/** Lines of a register dump (arch/x86/kernel/process_64.c, __show_regs): only the names count. */
const REGISTERS = /^(?:RSP|RAX|RDX|RBP|R\d\d|FS|CS|PKRU|CR2: \S+ CR3|ORIG_RAX)\b.*:/;
/** Dynamic kernel memory: direct map, vmalloc, vmemmap; and user space. */
const DYNAMIC = /\b(?:ffff88[89a-f]|ffffc9|ffffea0|ffffe8|00007f|0000556)[0-9a-f]+\b/g;
/** `%p`: 32 bits of hash (lib/vsprintf.c, ptr_to_id). Small numbers are not hashed. */
const HASHED = /(?:0x|\b)00000000(?!0000)[0-9a-f]{8}\b/g;

const blurRegisters = (text: string): string =>
  text.replace(/(?<=[: (])(?:0x)?[0-9a-f]{4,16}(?=[ ()]|$)/g, "#");

const blurText = (text: string): string =>
  text
    .replace(/\b(PID|pid): \d+/g, "$1: #")
    .replace(/(while atomic: .*)\/\d+\/(0x[0-9a-f]+)$/, "$1/#/$2")
    // Dynamic debug's flag t.
    .replace(/^\[\d+\] /, "[#] ")
    .replace(/^note: (.*)\[\d+\] exited/, "note: $1[#] exited")
    .replace(DYNAMIC, "#")
    .replace(HASHED, "#");

const blurLine = (text: string): string => {
  if (REGISTERS.test(text)) return blurRegisters(text);
  if (/^PGD [0-9a-f]+/.test(text)) return text.replace(/\b(?!0\b)[0-9a-f]+(?= |$)/g, "#");
  if (text.startsWith("RIP: 0033:")) return "RIP: 0033:#";
  return blurText(text);
};

const LEVEL = /^<\d+>/;
const strip = (line: string): readonly [string, string] => {
  const level = LEVEL.exec(line)?.[0] ?? "";
  return [level, line.slice(level.length)];
};

/** Code bytes can only agree where the code is the module's own. */
const isModuleRip = (text: string): boolean => /^RIP: 0010:.*\[\w+\]/.test(text);

/** Call-trace entries that are only remains on the stack. */
const isStale = (text: string): boolean => text.startsWith(" ? ");

/** The records of a step, blurred, without those that cannot agree. */
export const blurLog = (lines: readonly ByteString[]): readonly string[] => {
  let ownCode = false;
  return lines.flatMap((line) => {
    const [level, text] = strip(line);
    if (isStale(text)) return [];
    if (text.startsWith("RIP: ")) ownCode = isModuleRip(text);
    if (text.startsWith("Code: ") && !ownCode) return [`${level}Code: #`];
    return [level + text.split("\n").map(blurLine).join("\n")];
  });
};

/** `Nov 23 07:35`, as `ls -l` shows a time. */
const DATE = /\b[A-Z][a-z]{2} [ \d]\d (?:\d\d:\d\d| \d{4})\b/g;
/** Line of `ps`: PID, user, ... */
const PROCESS = /^ *\d+ (?=\S+ +(?:\d+ \w |[[{]|\w+ ))/;

/** Where a module lies, in /proc/modules: only the first one after boot always lies at the same place. */
const PLACE = /\b(Live|Loading|Unloading) 0xffffffffc0(?!201000)[0-9a-f]{6}\b/g;

/** Output of a shell command, by line. */
export const blurOutput = (out: ByteString): readonly string[] =>
  out
    .split("\n")
    .filter((line, at, all) => line !== "" || at < all.length - 1)
    .map((line) => blurText(line).replace(DATE, "#").replace(PROCESS, "# ").replace(PLACE, "$1 #"));

/** Late boot messages and those of powering off, which a machine that stops does not print. */
const CONSOLE_NOISE =
  /^(?:Run \/init| {2}with | {4}(?:\/init|HOME=|TERM=)|tsc: |clocksource: |random: crng|input: AT |sched_clock: |ACPI: PM: |reboot: |@@mark )/;

/** Text lines of a console after the last step that finished; without levels and time stamps. */
export const consoleTail = (lines: readonly string[]): readonly string[] => {
  const texts = lines.map((line) => line.replace(/^\[ *\d+\.\d+\] ?/, ""));
  const mark = texts.findLastIndex((text) => text.startsWith("@@mark "));
  return texts.slice(mark + 1).filter((text) => text !== "" && !CONSOLE_NOISE.test(text));
};

/** The same from log records: what a console would have shown. */
export const asConsole = (records: readonly ByteString[]): readonly string[] =>
  records.flatMap((record) => strip(record)[1].split("\n"));
