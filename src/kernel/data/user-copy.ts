/** Copying between kernel and user memory, where faults are counted and not taken (arch/x86/lib/copy_user_64.S). */
import { type Address, PAGE_SIZE } from "../../base/address.ts";
import { type ByteString, byteStringToBytes } from "../../base/bytes.ts";
import { GuestFault } from "../../base/errors.ts";
import type { GuestMemory } from "../../machine/memory.ts";

/** The two halves of guest memory. */
export interface Memories {
  readonly memory: GuestMemory;
  readonly userMemory: GuestMemory;
  /** Who brings in pages that are mapped but not there yet. */
  readonly userFaults?: { takes(fault: GuestFault): boolean };
}

/** First address that user space never has (TASK_SIZE_MAX without five-level paging). */
export const TASK_SIZE_MAX = 2 ** 47 - PAGE_SIZE;

/** access_ok: the whole range lies in the user half, mapped or not. */
export const accessOk = (address: Address, size: number): boolean =>
  address >= 0 && size <= TASK_SIZE_MAX && address <= TASK_SIZE_MAX - size;

const half = (memories: Memories, address: Address): GuestMemory =>
  address >= 0 ? memories.userMemory : memories.memory;

/** Runs `act`; false when it faulted for good. A page that can be brought in is a page fault of the stub. */
export const survives = ({ userFaults }: Pick<Memories, "userFaults">, act: () => void): boolean => {
  try {
    act();
    return true;
  } catch (error) {
    if (!(error instanceof GuestFault)) throw error;
    if (error.address >= 0 && userFaults?.takes(error) === true) throw error;
    return false;
  }
};

/** Copies up to the first byte that faults on either side; answers with the bytes not copied. */
export const copyUser = (memories: Memories, to: Address, from: Address, length: number): number => {
  const [target, source] = [half(memories, to), half(memories, from)];
  for (let done = 0; done < length;) {
    const [at, start] = [to + done, from + done];
    const size = Math.min(length - done, PAGE_SIZE - (at & 0xfff), PAGE_SIZE - (start & 0xfff));
    if (!survives(memories, () => target.write(at, source.bytes(start, size)))) return length - done;
    done += size;
  }
  return 0;
};

/** Zeroes user memory up to the first byte that faults; answers with the bytes left. */
export const clearUser = (memories: Memories, to: Address, length: number): number => {
  const target = half(memories, to);
  for (let done = 0; done < length;) {
    const size = Math.min(length - done, PAGE_SIZE - ((to + done) & 0xfff));
    if (!survives(memories, () => target.fill(to + done, 0, size))) return length - done;
    done += size;
  }
  return 0;
};

/** A user string: up to its NUL, `limit` bytes or the first fault. */
export interface UserString {
  readonly text: ByteString;
  readonly end: "nul" | "limit" | "fault";
}

export const readUserString = (memories: Memories, from: Address, limit: number): UserString => {
  let text = "";
  while (text.length < limit) {
    const at = from + text.length;
    const size = Math.min(limit - text.length, PAGE_SIZE - (at & 0xfff));
    let chunk: ByteString | undefined;
    if (at < 0 || !survives(memories, () => (chunk = memories.userMemory.cstring(at, size))))
      return { text, end: "fault" };
    text += chunk ?? "";
    if ((chunk?.length ?? 0) < size) return { text, end: "nul" };
  }
  return { text, end: "limit" };
};

/**
 * What a copy by words leaves behind the NUL: the last whole word is filled with zeros, as long as
 * eight bytes fit into `room`.
 */
export const wordPadded = (text: ByteString, room: number): Uint8Array => {
  const words = Math.floor(text.length / 8) * 8 + 8;
  return byteStringToBytes(text.padEnd(words <= room ? words : text.length + 1, "\0"));
};
