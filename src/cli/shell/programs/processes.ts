import type { ByteString } from "../../../base/bytes.ts";
import { Errno } from "../../../base/errors.ts";
import type { Routine } from "../../../kernel/routine.ts";
import { readText } from "../io.ts";
import { parseOptions, usageFailure } from "../options.ts";
import { basename, type Program, type ProgramCall } from "../program.ts";
import { readNames } from "./users.ts";

function* readProc(call: ProgramCall, pid: string, file: string): Routine<ByteString> {
  try {
    return yield* readText(call.sys, `/proc/${pid}/${file}`);
  } catch (error) {
    if (error instanceof Errno) return "";
    throw error;
  }
}

/** Busybox's way of showing a command: [comm] without a command line, {comm} where the two differ. */
const commandOf = (comm: ByteString, cmdline: ByteString): ByteString => {
  const words = cmdline
    .replace(/\0+$/, "")
    .replaceAll("\0", " ")
    .replace(/\p{Cc}/gu, "?");
  if (words === "") return `[${comm}]`;
  const program = basename(cmdline.split("\0", 1)[0] ?? "").replace(/^-/, "");
  return program.slice(0, 15) === comm ? words : `{${comm}} ${words}`;
};

export const ps: Program = function* (call) {
  const users = yield* readNames(call.sys, "/etc/passwd");
  yield* call.out.print("PID   USER     COMMAND\n");
  const entries = yield* call.sys.readdir("/proc");
  const pids = entries.map(({ name }) => name).filter((name) => /^\d+$/.test(name));
  pids.sort((a, b) => Number(a) - Number(b));
  for (const pid of pids) {
    const comm = (yield* readProc(call, pid, "comm")).replace(/\n$/, "");
    if (comm === "") continue;
    const command = commandOf(comm, yield* readProc(call, pid, "cmdline"));
    const user = users.get(0) ?? "0";
    yield* call.out.print(`${pid.padStart(5)} ${user.padEnd(8)} ${command}\n`);
  }
  return 0;
};

const stamp = (nanoseconds: number): string => {
  const micros = Math.floor(nanoseconds / 1000);
  return `[${String(Math.floor(micros / 1e6)).padStart(5)}.${String(micros % 1e6).padStart(6, "0")}] `;
};

/** The kernel log with time stamps; every line of a record gets one (kernel/printk/printk.c, syslog). */
export const dmesg: Program = function* (call) {
  const usage = "[-cCrt] [-n LEVEL]";
  const options = parseOptions(call.argv, {
    letters: "cCrtHTxwn:s:l:",
    long: { clear: "C", "read-clear": "c", raw: "r", notime: "t", level: "l" },
    usage,
  });
  const level = options.value("n");
  if (level !== undefined) {
    if (!/^[1-8]$/.test(level)) throw usageFailure("dmesg", usage, `number ${level} is not in 1..8 range`);
    call.sys.setConsoleLevel?.(Number(level));
    return 0;
  }
  if (!options.has("C")) {
    for (const record of call.sys.log()) {
      const raw = options.has("r") || options.has("x") ? `<${record.facility * 8 + record.level}>` : "";
      const prefix = raw + (options.has("t") ? "" : stamp(record.time));
      const text = record.text.split("\n").map((line) => `${prefix}${line}\n`);
      yield* call.out.print(text.join(""));
    }
  }
  if (options.has("c") || options.has("C")) call.sys.clearLog();
  return 0;
};
