import { byteStringToBytes } from "../../../base/bytes.ts";
import { EBADF, ENOENT, ENOTDIR } from "../../../base/errno.ts";
import { strerror } from "../../../base/strerror.ts";
import { Errno } from "../../../base/errors.ts";
import type { Routine } from "../../../kernel/routine.ts";
import { O_APPEND, O_CREAT, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } from "../../../kernel/user.ts";
import type { Redirection } from "../syntax/ast.ts";
import { expandText, type Substitute } from "./expand.ts";
import { type Shell, ShellError } from "./state.ts";

const FLAGS: Readonly<Record<string, number>> = {
  "<": O_RDONLY,
  ">": O_WRONLY | O_CREAT | O_TRUNC,
  ">|": O_WRONLY | O_CREAT | O_TRUNC,
  ">>": O_WRONLY | O_CREAT | O_APPEND,
  "<>": O_RDWR | O_CREAT,
};

const openFailure = (path: string, operator: string, errno: number): ShellError => {
  const missing = errno === ENOENT || errno === ENOTDIR;
  const [verb, why] = operator.startsWith(">")
    ? ["create", "nonexistent directory"]
    : ["open", "no such file"];
  return new ShellError(`can't ${verb} ${path}: ${missing ? why : strerror(errno)}`, 1);
};

/** Replaced descriptors: [descriptor, where its old file is kept or undefined if it was closed]. */
type Undo = readonly (readonly [number, number | undefined])[];

/** First descriptor for keeping replaced ones, as ash does it. */
const FIRST_SAVED = 10;

function* keep(shell: Shell, fd: number): Routine<number | undefined> {
  let place = FIRST_SAVED;
  while (shell.saved.has(place)) place += 1;
  try {
    yield* shell.sys.dup2(fd, place);
  } catch (error) {
    if (error instanceof Errno && error.errno === EBADF) return undefined;
    throw error;
  }
  shell.saved.add(place);
  return place;
}

function* move(shell: Shell, from: number, to: number): Routine<void> {
  if (from === to) return;
  yield* shell.sys.dup2(from, to);
  yield* shell.sys.close(from);
}

function* duplicate(shell: Shell, fd: number, target: string): Routine<void> {
  if (target === "-") {
    yield* closeQuietly(shell, fd);
    return;
  }
  if (!/^\d+$/.test(target)) throw new ShellError("bad fd number");
  try {
    yield* shell.sys.dup2(Number(target), fd);
  } catch (error) {
    if (error instanceof Errno) throw new ShellError(`${target}: ${strerror(error.errno)}`, 1);
    throw error;
  }
}

export function* closeQuietly(shell: Shell, fd: number): Routine<void> {
  try {
    yield* shell.sys.close(fd);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
}

function* redirect(shell: Shell, redirection: Redirection, substitute: Substitute): Routine<void> {
  const { fd, operator, target } = redirection;
  const text = yield* expandText(shell, target, substitute);
  if (operator === "<<") {
    yield* move(shell, yield* shell.sys.memfd("here", byteStringToBytes(text)), fd);
    return;
  }
  if (operator === "<&" || operator === ">&") {
    yield* duplicate(shell, fd, text);
    return;
  }
  let opened: number;
  try {
    opened = yield* shell.sys.open(text, FLAGS[operator] ?? O_RDONLY, 0o666);
  } catch (error) {
    if (error instanceof Errno) throw openFailure(text, operator, error.errno);
    throw error;
  }
  yield* move(shell, opened, fd);
}

/** Redirects for good: in a child about to become a program, or for `exec`. */
export function* redirectForGood(
  shell: Shell,
  redirections: readonly Redirection[],
  substitute: Substitute,
): Routine<void> {
  for (const redirection of redirections) yield* redirect(shell, redirection, substitute);
}

function* restore(shell: Shell, undo: Undo): Routine<void> {
  for (const [fd, kept] of undo.toReversed()) {
    if (kept === undefined) yield* closeQuietly(shell, fd);
    else {
      yield* move(shell, kept, fd);
      shell.saved.delete(kept);
    }
  }
}

/** Runs `body` with the redirections in force, and puts the descriptors back whatever happens. */
export function* withRedirections<T>(
  shell: Shell,
  redirections: readonly Redirection[],
  substitute: Substitute,
  body: () => Routine<T>,
): Routine<T> {
  if (redirections.length === 0) return yield* body();
  const undo: [number, number | undefined][] = [];
  try {
    for (const redirection of redirections) {
      undo.push([redirection.fd, yield* keep(shell, redirection.fd)]);
      yield* redirect(shell, redirection, substitute);
    }
    return yield* body();
  } finally {
    yield* restore(shell, undo);
  }
}
