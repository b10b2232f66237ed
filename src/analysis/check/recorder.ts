import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { type Family, kindOf } from "../ledger/kinds.ts";
import type { Held, Moment, Released } from "../ledger/books.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import type { CodeSection } from "../fuzz/module-image.ts";

export interface LogLine {
  readonly level: number;
  readonly text: ByteString;
}

/** Where something was taken or given back. */
export interface BookPlace {
  readonly by: string;
  readonly task: ByteString;
  readonly pid: number;
  readonly stack: readonly ByteString[];
}

/** Something that a module took. */
export interface BookEntry {
  readonly noun: string;
  readonly family: Family;
  readonly size: number | undefined;
  readonly acquired: BookPlace;
  readonly released: BookPlace | undefined;
  /** Held when the module went, and not the kernel's to clear away. */
  readonly held: boolean;
}

/** What a life looked like from outside and inside. */
export interface LifeRecord {
  readonly log: readonly LogLine[];
  readonly logCut: number;
  readonly books: readonly BookEntry[];
  readonly booksCut: number;
  /** Blocks of the module's code that ran, in order of first execution. */
  readonly blocks: readonly Address[];
}

/** Keeps a record of one life at a time. */
export interface Recorder {
  begin(): void;
  /** The module is gone; the books are about to be closed. */
  left(): void;
  end(): LifeRecord;
}

const MOST_LINES = 400;
const MOST_ENTRIES = 300;

/** `module`: whose books are kept. `code`: its sections. */
export const createRecorder = (
  k: Kernel,
  ledger: Ledger,
  module: ByteString,
  code: readonly CodeSection[],
): Recorder => {
  const { coverage } = k.machine.engine;
  const state: { firstLine: number; held: readonly Held[] | undefined } = { firstLine: 0, held: undefined };

  const own = (held: Held): boolean => held.module === module;
  const placeOf = ({ by, task, pid, stack }: Moment): BookPlace => ({
    by,
    task,
    pid,
    stack: ledger.stacks.text(stack),
  });
  const entryOf = (held: Held, released: Released | undefined): BookEntry => {
    const { noun, family } = kindOf(held.kind);
    return {
      noun,
      family,
      size: family === "memory" ? held.size : undefined,
      acquired: placeOf(held.acquired),
      released: released === undefined ? undefined : placeOf(released.released),
      held: released === undefined,
    };
  };
  const books = (): { entries: BookEntry[]; cut: number } => {
    const all = [
      ...(state.held ?? ledger.held().filter(own)).map((held) => ({ held, released: undefined })),
      ...ledger
        .releases()
        .flatMap((released) => (own(released.held) ? [{ held: released.held, released }] : [])),
    ].sort((a, b) => a.held.acquired.at - b.held.acquired.at);
    const shown = all.slice(0, MOST_ENTRIES);
    return {
      entries: shown.map(({ held, released }) => entryOf(held, released)),
      cut: all.length - shown.length,
    };
  };
  const isCode = (at: Address): boolean =>
    code.some(({ address, bytes }) => at >= address && at < address + bytes.length);

  return {
    begin() {
      state.firstLine = k.log.next;
      state.held = undefined;
      coverage.reset();
      coverage.start();
    },
    left() {
      state.held = ledger.held().filter(own);
    },
    end() {
      coverage.stop();
      const records = k.log.since(state.firstLine);
      const { entries, cut } = books();
      return {
        log: records.slice(0, MOST_LINES).map(({ level, text }) => ({ level, text })),
        logCut: Math.max(records.length - MOST_LINES, 0),
        books: entries,
        booksCut: cut,
        blocks: Array.from(coverage.blocks()).filter(isCode),
      };
    },
  };
};
