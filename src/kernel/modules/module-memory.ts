import { type Address, PAGE_SIZE, alignUp } from "../../base/address.ts";
import { ENOMEM } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { AreaLayout } from "../../loader/area.ts";
import type { Machine } from "../../machine/machine.ts";
import type { Journal } from "../journal.ts";

/** First address a module gets on the recorded machine; below lie BPF programs and trampolines. */
const MODULES_START: Address = -0x3fdf_f000;
const MODULES_END: Address = -0x100_0000;

/** module_alloc() of arch/x86/kernel/module.c: first fit, one unmapped page after each area. */
export interface ModuleMemory {
  /** Writable, not executable, zeroed. */
  allocate(size: number): Address;
  /** Unmaps an area; its addresses, and those of areas freed later, are free for the next one. */
  release(base: Address): void;
  /**
   * Unmaps an init area. The kernel frees those only after a grace period (do_free_init): a module
   * inserted at once does not get the addresses.
   */
  releaseLater(base: Address): void;
  /** Sets the final protection of an area's parts; `sealed` also closes "read-only after init". */
  protect(base: Address, area: AreaLayout, stage: "running" | "sealed"): void;
}

interface Area {
  readonly base: Address;
  readonly pages: number;
  freed: boolean;
  readonly frames: readonly number[];
}

export const createModuleMemory = (machine: Machine, journal: Journal): ModuleMemory => {
  /** Sorted by address. */
  const areas: Area[] = [];

  const findHole = (size: number): Address => {
    let at = MODULES_START;
    for (const area of areas) {
      if (area.base - at >= size) break;
      at = area.base + (area.pages + 1) * PAGE_SIZE;
    }
    if (at + size > MODULES_END) throw new Errno(ENOMEM);
    return at;
  };
  const takeFrames = (count: number): number[] => {
    const frames: number[] = [];
    for (let page = 0; page < count; page += 1) {
      const frame = machine.frames.allocate(1);
      if (frame === undefined) {
        for (const taken of frames) machine.frames.release(taken, 1);
        throw new Errno(ENOMEM);
      }
      frames.push(frame);
    }
    return frames;
  };

  const free = (base: Address): void => {
    const area = areas.find((each) => each.base === base);
    if (area === undefined || area.freed) return;
    // In this order: the engine looks translations up through the mapping.
    machine.codeChanged(base, area.pages * PAGE_SIZE);
    machine.unmap(base, area.pages);
    for (const frame of area.frames) machine.frames.release(frame, 1);
    journal.touch(area).freed = true;
  };
  const purge = (): void => {
    const kept = areas.filter(({ freed }) => !freed);
    journal.touch(areas).length = 0;
    areas.push(...kept);
  };

  return {
    allocate(size) {
      const pages = alignUp(size, PAGE_SIZE) / PAGE_SIZE;
      if (pages > machine.frames.free()) throw new Errno(ENOMEM);
      const base = findHole((pages + 1) * PAGE_SIZE);
      const frames = takeFrames(pages);
      frames.forEach((frame, page) => {
        machine.map(base + page * PAGE_SIZE, frame, 1, { write: true, execute: false });
      });
      journal.touch(areas).push({ base, pages, frames, freed: false });
      areas.sort((a, b) => a.base - b.base);
      return base;
    },
    release(base) {
      free(base);
      purge();
    },
    releaseLater: free,
    protect(base, area, stage) {
      const roEnd = stage === "sealed" ? area.roAfterInitSize : area.roSize;
      const pages = (from: number, to: number): number => Math.ceil((to - from) / PAGE_SIZE);
      machine.protect(base, pages(0, area.textSize), { write: false, execute: true });
      machine.protect(base + area.textSize, pages(area.textSize, roEnd), { write: false, execute: false });
    },
  };
};
