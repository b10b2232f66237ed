/** struct seq_file in guest memory: text made record by record in a buffer that grows (fs/seq_file.c). */
import { asInt } from "../../abi/calls.ts";
import { PAGE_SIZE, type Address } from "../../base/address.ts";
import { type ByteString, byteStringToBytes } from "../../base/bytes.ts";
import { isErr } from "../../base/err.ts";
import { EINVAL, ENOMEM } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import { RECORD_CALLERS } from "../oops/file-callers.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";
import type { Routine } from "../routine.ts";
import { calledThrough } from "./called-from.ts";

/** A show function that never gets its record into a buffer ends here. */
const BUFFER_MAX = 1 << 26;
const RECORDS_MAX = 1 << 22;
/** What the start of a single_open'ed file answers: a token that is no pointer. */
const START_TOKEN = 1;

const view = (k: Kernel, m: Address) => k.struct("seq_file", m);

/** The iterator's calls. A table without `start` is single_open's: one record. */
function* start(k: Kernel, m: Address): Routine<Address> {
  const { op, index } = view(k, m);
  const fn = k.struct("seq_operations", op).start;
  if (fn === 0) return index === 0 ? START_TOKEN : 0;
  const call = k.call(fn, m, m + k.offsetOf("seq_file", "index"));
  return toPointer(yield* calledThrough(k, RECORD_CALLERS.seqStart, call));
}
function* next(k: Kernel, m: Address, record: Address): Routine<Address> {
  const self = view(k, m);
  const fn = k.struct("seq_operations", self.op).next;
  if (fn === 0) {
    self.index += 1;
    return 0;
  }
  const call = k.call(fn, m, record, m + k.offsetOf("seq_file", "index"));
  return toPointer(yield* calledThrough(k, RECORD_CALLERS.seqNext, call));
}
function* stop(
  k: Kernel,
  m: Address,
  record: Address,
  from: "seqStop" | "seqStopEmpty" = "seqStop",
): Routine<void> {
  const fn = k.struct("seq_operations", view(k, m).op).stop;
  if (fn !== 0) yield* calledThrough(k, RECORD_CALLERS[from], k.call(fn, m, record));
}
function* show(k: Kernel, m: Address, record: Address): Routine<number> {
  const fn = k.struct("seq_operations", view(k, m).op).show;
  const call = k.call(fn, m, record);
  return asInt(yield* calledThrough(k, RECORD_CALLERS.seqShow, call));
}
const toPointer = (rax: bigint): Address => Number(BigInt.asIntN(64, rax));

export const seqOverflowed = (k: Kernel, m: Address): boolean => view(k, m).count === view(k, m).size;

const newBuffer = (k: Kernel, m: Address, size: number): void => {
  const self = view(k, m);
  if (self.buf !== 0) k.heap.kfree(self.buf);
  self.count = 0;
  self.size = size;
  self.buf = size > BUFFER_MAX ? 0 : k.heap.kmalloc(size, GFP_KERNEL);
  if (self.buf === 0) throw new Errno(ENOMEM);
};

/** Appends bytes; a buffer that they do not fit into counts as full, and the record is shown again. */
export const seqAppend = (k: Kernel, m: Address, bytes: Uint8Array | ByteString): boolean => {
  const data = typeof bytes === "string" ? byteStringToBytes(bytes) : bytes;
  const self = view(k, m);
  if (self.count + data.length >= self.size) {
    self.count = self.size;
    return false;
  }
  k.memory.write(self.buf + self.count, data);
  self.count += data.length;
  return true;
};

/** Goes to a position by making everything before it; "again" when the buffer had to grow. */
function* traverseOnce(k: Kernel, m: Address, offset: number): Routine<"done" | "again"> {
  const self = view(k, m);
  self.index = 0;
  self.count = 0;
  self.from = 0;
  if (offset === 0) return "done";
  if (self.buf === 0) newBuffer(k, m, PAGE_SIZE);
  let position = 0;
  let failure = 0;
  let record = yield* start(k, m);
  for (let steps = 0; record !== 0 && steps < RECORDS_MAX; steps += 1) {
    failure = isErr(record) ? record : yield* show(k, m, record);
    if (failure < 0) break;
    if (failure > 0) self.count = 0;
    failure = 0;
    if (seqOverflowed(k, m)) {
      yield* stop(k, m, record);
      newBuffer(k, m, self.size * 2);
      return "again";
    }
    record = yield* next(k, m, record);
    if (position + self.count > offset) {
      self.from = offset - position;
      self.count -= self.from;
      break;
    }
    position += self.count;
    self.count = 0;
    if (position === offset) break;
  }
  yield* stop(k, m, record);
  if (failure < 0) throw new Errno(-failure);
  return "done";
}

const rewind = (k: Kernel, m: Address): void => {
  const self = view(k, m);
  self.read_pos = 0;
  self.index = 0;
  self.count = 0;
};

function* seqTraverse(k: Kernel, m: Address, offset: number): Routine<void> {
  try {
    while ((yield* traverseOnce(k, m, offset)) === "again");
  } catch (error) {
    rewind(k, m);
    throw error;
  }
  view(k, m).read_pos = offset;
}

const take = (k: Kernel, m: Address, limit: number): Uint8Array => {
  const self = view(k, m);
  const size = Math.min(self.count, limit);
  const bytes = k.memory.bytes(self.buf + self.from, size).slice();
  self.count -= size;
  self.from += size;
  return bytes;
};

/** Shows records until one says something. Its address, or undefined at the end. */
function* firstRecord(k: Kernel, m: Address): Routine<Address | undefined> {
  const self = view(k, m);
  let record = yield* start(k, m);
  let failure = 0;
  for (let steps = 0; steps < RECORDS_MAX; steps += 1) {
    if (record === 0 || isErr(record)) break;
    failure = yield* show(k, m, record);
    if (failure < 0) break;
    if (failure > 0) self.count = 0;
    failure = 0;
    if (self.count === 0) {
      record = yield* next(k, m, record);
      continue;
    }
    if (!seqOverflowed(k, m)) return record;
    yield* stop(k, m, record);
    newBuffer(k, m, self.size * 2);
    record = yield* start(k, m);
  }
  yield* stop(k, m, record, "seqStopEmpty");
  self.count = 0;
  const errno = isErr(record) ? record : failure;
  if (errno < 0) throw new Errno(-errno);
  return undefined;
}

/** One record is in the buffer: more, as long as they fit and are wanted. */
function* moreRecords(k: Kernel, m: Address, first: Address, limit: number): Routine<void> {
  const self = view(k, m);
  let record = first;
  for (let steps = 0; steps < RECORDS_MAX; steps += 1) {
    const [offset, position] = [self.count, self.index];
    record = yield* next(k, m, record);
    if (position === self.index) {
      const fn = k.struct("seq_operations", self.op).next;
      const name = k.symbols.lookup(fn)?.name ?? "?";
      k.printk(6, `seq_file: buggy .next function ${name} did not update position index`);
      self.index += 1;
    }
    if (record === 0 || isErr(record) || self.count >= limit) break;
    const result = yield* show(k, m, record);
    if (result > 0) self.count = offset;
    else if (result < 0 || seqOverflowed(k, m)) {
      self.count = offset;
      break;
    }
  }
  yield* stop(k, m, record);
}

/** seq_read_iter(): at most `limit` bytes from `position`. */
export function* seqRead(k: Kernel, m: Address, limit: number, position: number): Routine<Uint8Array> {
  if (limit === 0) return new Uint8Array(0);
  const self = view(k, m);
  if (position === 0) {
    self.index = 0;
    self.count = 0;
  }
  if (position !== self.read_pos) yield* seqTraverse(k, m, position);
  if (self.buf === 0) newBuffer(k, m, PAGE_SIZE);
  let copied: Uint8Array = new Uint8Array(0);
  if (self.count > 0) {
    copied = take(k, m, limit);
    if (self.count > 0) {
      self.read_pos += copied.length;
      return copied;
    }
  }
  self.from = 0;
  try {
    const record = yield* firstRecord(k, m);
    if (record !== undefined) {
      yield* moreRecords(k, m, record, limit - copied.length);
      copied = Buffer.concat([copied, take(k, m, limit - copied.length)]);
    }
  } catch (error) {
    if (!(error instanceof Errno) || copied.length === 0) throw error;
  }
  self.read_pos += copied.length;
  return copied;
}

const FMODE_PWRITE = 16;

/** seq_open(): the new struct seq_file, in the file's private_data. */
export const seqOpen = (k: Kernel, file: Address, op: Address): Address => {
  const m = k.heap.kmalloc(k.sizeOf("seq_file"), GFP_KERNEL);
  if (m === 0) throw new Errno(ENOMEM);
  const opened = k.struct("file", file);
  opened.private_data = m;
  opened.f_mode &= ~FMODE_PWRITE;
  const self = view(k, m);
  self.op = op;
  self.file = file;
  const list = self.lock.$address + k.offsetOf("mutex", "wait_list");
  k.memory.setPointer(list, list);
  k.memory.setPointer(list + 8, list);
  return m;
};

/** single_open(): a table of operations of its own, without iterator. */
export const singleOpen = (k: Kernel, file: Address, fn: Address, data: Address): Address => {
  const op = k.heap.kmalloc(k.sizeOf("seq_operations"), GFP_KERNEL);
  if (op === 0) throw new Errno(ENOMEM);
  k.struct("seq_operations", op).show = fn;
  const m = seqOpen(k, file, op);
  view(k, m).private = data;
  return m;
};

export const seqOpenPrivate = (k: Kernel, file: Address, op: Address, size: number): Address => {
  const data = k.heap.kmalloc(size, GFP_KERNEL);
  if (data === 0) throw new Errno(ENOMEM);
  view(k, seqOpen(k, file, op)).private = data;
  return data;
};

export const seqRelease = (k: Kernel, file: Address): void => {
  const m = k.struct("file", file).private_data;
  const { buf } = view(k, m);
  if (buf !== 0) k.heap.kfree(buf);
  k.heap.kfree(m);
};
export const singleRelease = (k: Kernel, file: Address): void => {
  const { op } = view(k, k.struct("file", file).private_data);
  seqRelease(k, file);
  k.heap.kfree(op);
};
export const seqReleasePrivate = (k: Kernel, file: Address): void => {
  const data = view(k, k.struct("file", file).private_data).private;
  if (data !== 0) k.heap.kfree(data);
  seqRelease(k, file);
};

/** seq_lseek(): the new position. */
export function* seqSeek(k: Kernel, file: Address, offset: number, whence: number): Routine<number> {
  const opened = k.struct("file", file);
  const m = opened.private_data;
  const target = whence === 1 ? opened.f_pos + offset : offset;
  if (whence > 1 || target < 0) throw new Errno(EINVAL);
  if (target !== view(k, m).read_pos) yield* seqTraverse(k, m, target);
  opened.f_pos = target;
  return target;
}
