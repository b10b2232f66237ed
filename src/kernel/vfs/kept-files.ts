import { byteStringToBytes } from "../../base/bytes.ts";
import { EINVAL } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Journal } from "../journal.ts";
import type { Routine } from "../routine.ts";
import { O_APPEND, SEEK_CUR, SEEK_END } from "../user.ts";
import type { FileOperations, OpenFile } from "./operations.ts";

/** generic_file_llseek() for files of a known size. */
export const seekIn = (file: OpenFile, offset: number, whence: number, size: number): number => {
  const start = whence === SEEK_CUR ? file.position : whence === SEEK_END ? size : 0;
  if (whence > SEEK_END || start + offset < 0) throw new Errno(EINVAL);
  file.position = start + offset;
  return file.position;
};

const slice = (file: OpenFile, bytes: Uint8Array, count: number): Uint8Array => {
  const piece = bytes.slice(file.position, file.position + count);
  file.position += piece.length;
  return piece;
};

/** Regular files: bytes in memory (tmpfs). */
export const regularFiles = (journal: Journal): FileOperations => ({
  splice: true,
  *read(file, count) {
    return file.node.kind === "file" ? slice(file, file.node.data, count) : new Uint8Array(0);
  },
  *write(file, bytes) {
    const { node } = file;
    if (node.kind !== "file") return 0;
    const at = (file.flags & O_APPEND) !== 0 ? node.data.length : file.position;
    const data = new Uint8Array(Math.max(node.data.length, at + bytes.length));
    data.set(node.data);
    data.set(bytes, at);
    journal.touch(node).data = data;
    file.position = at + bytes.length;
    return bytes.length;
  },
  *lseek(file, offset, whence) {
    return seekIn(file, offset, whence, file.node.kind === "file" ? file.node.data.length : 0);
  },
});

/** A file whose text is made when it is opened, and which may take what is written to it. */
export const textFile = (
  show: (() => Routine<string>) | undefined,
  store?: (text: string) => Routine<void>,
): FileOperations => ({
  splice: true,
  *read(file, count) {
    if (show === undefined) throw new Errno(EINVAL);
    if (file.position === 0 || file.state === undefined) file.state = byteStringToBytes(yield* show());
    return slice(file, file.state as Uint8Array, count);
  },
  ...(store === undefined
    ? {}
    : {
        *write(file: OpenFile, bytes: Uint8Array) {
          yield* store(Buffer.from(bytes).toString("latin1"));
          file.position += bytes.length;
          return bytes.length;
        },
      }),
  *lseek(file, offset, whence) {
    return seekIn(file, offset, whence, 0);
  },
});

/** The same for text that host code has at hand. */
export const hostText = (show: () => string): FileOperations =>
  textFile(function* () {
    return show();
  });
