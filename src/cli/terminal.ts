/** Standard output and error without Node's streams, which take longer to make than a module to run. */
import { fstatSync, writeSync } from "node:fs";

const OUT = 1;
const ERROR = 2;

const pause = (): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);

/** What a reader that went away makes of a write; nobody wants the rest then. */
const isGone = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "EPIPE";

const write = (fd: number, text: string): void => {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      // Somebody shares the pipe and made it one that does not wait.
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      pause();
    }
  }
};

/** Writes to standard output. A reader that has seen enough (`kobox ... | head`) is no error: it ends the process. */
export const writeOut = (text: string): void => {
  try {
    write(OUT, text);
  } catch (error) {
    if (!isGone(error)) throw error;
    process.exit(0);
  }
};

/** Writes to standard error, if anybody reads it. */
export const writeError = (text: string): void => {
  try {
    write(ERROR, text);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
};

/** A character device that is none of /dev/null and the like (Documentation/admin-guide/devices.txt). */
const mayBeTerminal = (fd: number): boolean => {
  const { mode, rdev } = fstatSync(fd);
  return (mode & 0o170000) === 0o020000 && rdev >> 8 !== 1;
};

const wantsColours = (): boolean => {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if ((NO_COLOR ?? "") !== "") return false;
  return (FORCE_COLOR ?? "") !== "" || (mayBeTerminal(OUT) && process.stdout.isTTY && TERM !== "dumb");
};

const COLOURED = wantsColours();

const style = (open: number, close: number): ((text: string) => string) =>
  COLOURED ? (text) => `\u001b[${open}m${text}\u001b[${close}m` : (text) => text;

/** Of both: standard error follows standard output. */
export const colours = {
  bold: style(1, 22),
  dim: style(2, 22),
  green: style(32, 39),
  red: style(31, 39),
  yellow: style(33, 39),
};
