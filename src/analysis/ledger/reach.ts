import { type Address, PAGE_SIZE, addressFromHalves, highHalf, toAddress } from "../../base/address.ts";
import { RSP } from "../../abi/calls.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import { OWNER } from "../../kernel/memory/frame-table.ts";
import { DIRECT_MAP, VMEMMAP, physToVirt } from "../../kernel/memory/layout.ts";
import { STACK_AREA, STACK_STRIDE } from "../../kernel/task-memory.ts";

/** A stretch of memory that may be lost. */
export interface Extent {
  readonly base: Address;
  readonly size: number;
}

/**
 * Which of `extents` nobody can find any more, as kmemleak looks for them: all of RAM is searched for
 * words that point into them. What a live object, a live task's stack or another module holds is not
 * lost, nor what such a one leads to; words in freed memory and on dead stacks do not count.
 */
export const unreachable = <E extends Extent>(k: Kernel, extents: readonly E[]): E[] => {
  if (extents.length === 0) return [];
  const sorted = extents.toSorted((a, b) => a.base - b.base);
  const places = placesOf(k, sorted);
  const edges = new Map<number, number[]>();
  const found = new Set<number>();
  const queue: number[] = [];
  const reach = (index: number): void => {
    if (found.has(index)) return;
    found.add(index);
    queue.push(index);
  };
  for (const { at, target } of pointers(k, sorted)) {
    const from = places(at);
    if (from === "live") reach(target);
    else if (from !== "dead" && from !== target) edges.set(from, [...(edges.get(from) ?? []), target]);
  }
  for (const task of k.tasks.all()) {
    // Nobody goes on with what a task without frames left in its registers.
    if (task.state === "dead" || task.frames.length === 0) continue;
    for (const word of task.registers) {
      const target = indexOf(sorted, toAddress(word));
      if (target >= 0) reach(target);
    }
  }
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const target of edges.get(next) ?? []) reach(target);
  }
  return sorted.filter((_, index) => !found.has(index));
};

const indexOf = (sorted: readonly Extent[], address: Address): number => {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.base ?? 0) <= address) low = middle + 1;
    else high = middle;
  }
  const extent = sorted[low - 1];
  return extent !== undefined && address < extent.base + extent.size ? low - 1 : -1;
};

/** Every word in RAM that points to one of the extents: its physical address and which. */
function* pointers(
  k: Kernel,
  sorted: readonly Extent[],
): Generator<{ readonly at: number; readonly target: number }> {
  const { ram, frames } = k.machine;
  const words = new Uint32Array(ram.buffer, ram.byteOffset, ram.byteLength / 4);
  const highs = new Set([...sorted.map(({ base }) => highHalf(base)), highHalf(VMEMMAP)]);
  const end = Math.min(words.length, frames.high() * (PAGE_SIZE / 4));
  for (let index = 1; index < end; index += 2) {
    const high = words[index] ?? 0;
    // Most words are no kernel pointers.
    if (high < 0xffff0000 || !highs.has(high)) continue;
    const value = addressFromHalves(words[index - 1] ?? 0, high);
    const address = high === VMEMMAP_HIGH ? k.pages.pageToVirt(value) : value;
    const target = indexOf(sorted, address);
    if (target >= 0) yield { at: (index - 1) * 4, target };
  }
}
const VMEMMAP_HIGH = highHalf(VMEMMAP);

/** Tells of a physical address whether what stands there counts: live memory, dead memory, or which extent. */
const placesOf = (k: Kernel, sorted: readonly Extent[]): ((physical: number) => "live" | "dead" | number) => {
  const mapped = mappedExtents(k, sorted);
  const stacks = stackFrames(k);
  return (physical) => {
    const frame = Math.floor(physical / PAGE_SIZE);
    const direct = indexOf(sorted, physToVirt(physical));
    if (direct >= 0) return direct;
    const area = mapped.get(frame);
    if (area !== undefined) return area;
    if (!k.machine.frames.taken(frame)) return "dead";
    const owner = k.pages.owner(frame);
    if (owner === OWNER.SLAB) return slabObjectLives(k, physical) ? "live" : "dead";
    if (owner === OWNER.FREE) return "dead";
    const stack = stacks.get(frame);
    if (stack !== undefined) return physical >= stack ? "live" : "dead";
    return "live";
  };
};

const slabObjectLives = (k: Kernel, physical: number): boolean => {
  const object = k.heap.objectAt(DIRECT_MAP + physical);
  return object === undefined || object.state === "allocated";
};

/** Extents outside the direct map, by their frames. */
const mappedExtents = (k: Kernel, sorted: readonly Extent[]): Map<number, number> => {
  const frames = new Map<number, number>();
  sorted.forEach(({ base, size }, index) => {
    if (highHalf(base) === highHalf(DIRECT_MAP)) return;
    for (let at = base; at < base + size; at += PAGE_SIZE) {
      const physical = k.machine.translate(at);
      if (physical !== undefined) frames.set(Math.floor(physical / PAGE_SIZE), index);
    }
  });
  return frames;
};

/** For each frame of a kernel stack the physical address from which on it is in use; beyond it, if none is. */
const stackFrames = (k: Kernel): Map<number, number> => {
  const used = new Map<Address, Address>();
  for (const task of k.tasks.all()) {
    if (task.state !== "dead") used.set(task.stack.low, toAddress(task.registers[RSP] ?? 0n));
  }
  const frames = new Map<number, number>();
  for (let low = STACK_AREA; k.machine.translate(low) !== undefined; low += STACK_STRIDE) {
    const from = used.get(low) ?? Infinity;
    for (let at = low; k.machine.translate(at) !== undefined; at += PAGE_SIZE) {
      const physical = k.machine.translate(at) ?? 0;
      frames.set(Math.floor(physical / PAGE_SIZE), physical + Math.max(0, from - at));
    }
  }
  return frames;
};
