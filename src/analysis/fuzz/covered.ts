import type { Coverage } from "unicorn-engine";
import { type CodeSection, blockSize } from "./module-image.ts";

/** A block of a module's code that was executed. */
export interface CoveredBlock {
  readonly section: string;
  /** Bytes from the section's start. */
  readonly offset: number;
  readonly size: number;
}

/** Executed blocks of the module itself, in order of first execution. */
export const coveredBlocks = (coverage: Coverage, code: readonly CodeSection[]): readonly CoveredBlock[] =>
  Array.from(coverage.blocks()).flatMap((address) => {
    const section = code.find(
      ({ address: start, bytes }) => address >= start && address < start + bytes.length,
    );
    if (section === undefined) return [];
    const offset = address - section.address;
    return [{ section: section.name, offset, size: blockSize(section.bytes, offset) }];
  });
