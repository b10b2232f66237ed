import { fast } from "../../base/fast.ts";
import type { Journal } from "../journal.ts";
import type { LogRecord } from "./record.ts";

/**
 * Space of the printk ring buffer (kernel/printk/printk_ringbuffer.c): a ring of descriptors and a
 * ring of text blocks. Either being full costs the oldest records.
 */
export interface RecordRing {
  /** Sequence number of the oldest record that is still there. */
  readonly first: number;
  /** Sequence number that the next record will get. */
  readonly next: number;
  get(seq: number): LogRecord | undefined;
  /** Adds the record with number `next`, whose text takes `size` bytes. False when it can never fit. */
  add(record: LogRecord, size: number): boolean;
  /** Replaces the newest record, whose text now takes `size` bytes. False when it cannot grow. */
  extend(record: LogRecord, size: number): boolean;
  replace(record: LogRecord): void;
}

/** One of the descriptors. Which of them are in use, the positions say. */
interface Slot {
  record: LogRecord;
  /** Positions in the endless stream of text bytes. */
  begin: number;
  end: number;
}

interface Position {
  first: number;
  next: number;
  textTail: number;
  textHead: number;
}

const ID_SIZE = 8;
const AVERAGE_TEXT = 32;

const blockSize = (size: number): number => Math.ceil((size + ID_SIZE) / ID_SIZE) * ID_SIZE;

/** `bytes` of text (a power of two) and a descriptor for every 32 of them. */
export const createRing = (journal: Journal, bytes: number): RecordRing => {
  const count = bytes / AVERAGE_TEXT;
  /** An array, not a map, because each message of each execution comes by here. */
  const slots: Slot[] = [];
  const position: Position = { first: 0, next: 0, textTail: 0, textHead: 0 };
  const slotOf = (seq: number): Slot | undefined =>
    seq >= position.first && seq < position.next ? slots[seq % count] : undefined;
  const fill = (seq: number, record: LogRecord, begin: number, end: number): void => {
    const slot = slots[seq % count];
    if (slot === undefined) {
      // Going back leaves it behind, where nobody looks.
      slots[seq % count] = { record, begin, end };
      return;
    }
    journal.touch(slot);
    slot.record = record;
    slot.begin = begin;
    slot.end = end;
  };

  const dropFirst = (): void => {
    const slot = slotOf(position.first);
    if (slot !== undefined) position.textTail = slot.end;
    position.first++;
  };
  /** A block does not straddle the end of the buffer: it starts over at its beginning. */
  const endOf = (begin: number, size: number): number => {
    const end = begin + size;
    const wrap = Math.floor(end / bytes);
    return wrap === Math.floor(begin / bytes) ? end : wrap * bytes + size;
  };
  const makeRoom = (end: number, keep: number): boolean => {
    while (end - position.textTail > bytes && position.first < keep) dropFirst();
    return end - position.textTail <= bytes || position.first === position.next;
  };

  return fast<RecordRing>({
    get first() {
      return position.first;
    },
    get next() {
      return position.next;
    },
    get: (seq) => slotOf(seq)?.record,
    add(record, size) {
      const block = blockSize(size);
      if (block > bytes - ID_SIZE) return false;
      journal.touch(position);
      if (position.next - position.first === count) dropFirst();
      const begin = position.textHead;
      const end = endOf(begin, block);
      makeRoom(end, position.next);
      fill(position.next, record, begin, end);
      position.next++;
      position.textHead = end;
      return true;
    },
    extend(record, size) {
      const slot = slotOf(record.seq);
      const block = blockSize(size);
      if (slot === undefined || block > bytes - ID_SIZE) return false;
      const end = Math.max(endOf(slot.begin, block), slot.end);
      journal.touch(position);
      if (!makeRoom(end, record.seq)) return false;
      fill(record.seq, record, slot.begin, end);
      position.textHead = end;
      return true;
    },
    replace(record) {
      const slot = slotOf(record.seq);
      if (slot !== undefined) fill(record.seq, record, slot.begin, slot.end);
    },
  });
};
