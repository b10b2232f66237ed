import type { Address } from "../../base/address.ts";
import { toAddress } from "../../base/address.ts";
import type { Finding } from "../../kernel/events.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import type { Module } from "../../kernel/modules/module.ts";
import { GFP } from "../../kernel/memory/gfp.ts";
import type { Sandbox } from "../../sandbox.ts";
import { listen } from "../../stub/listen.ts";

/**
 * The kernel zeroes what kmalloc gives (init_on_alloc), but a module may not count on that: it is a
 * build option. A module is run with other contents in fresh memory: if it then goes another way, or
 * comes to another end, it has read what nobody wrote.
 */
const FILLS = [0x00, 0xaa, 0x55] as const;

/** Allocators whose memory is fresh, by where their flags stand; undefined: no flags, never zeroed. */
const FRESH: Readonly<Record<string, string | undefined>> = {
  __kmalloc: "flags",
  __kmalloc_node: "flags",
  __kmalloc_node_track_caller: "flags",
  kmalloc_trace: "gfpflags",
  kmalloc_node_trace: "gfpflags",
  kmalloc_large: "flags",
  vmalloc: undefined,
};

/** Makes fresh memory look as `contents` says; undefined: as the kernel leaves it. */
export interface FreshMemory {
  fill(contents: number | undefined): void;
}

export const freshMemory = ({ kernel: k, binder }: Sandbox): FreshMemory => {
  const state: { contents: number | undefined } = { contents: undefined };
  const sizeOf = (address: Address): number =>
    k.heap.objectAt(address)?.size ?? k.vmalloc.find(address)?.size ?? 0;
  listen(binder.hooks, {
    result({ name }, args, rax) {
      if (state.contents === undefined || !(name in FRESH) || rax === 0n) return;
      const flags = FRESH[name];
      if (flags !== undefined && (Number(args[flags]) & GFP.ZERO) !== 0) return;
      const address = toAddress(rax);
      const size = sizeOf(address);
      if (size > 0) k.memory.fill(address, state.contents, size);
    },
  });
  return {
    fill(contents) {
      state.contents = contents;
    },
  };
};

/** What a run did, as far as contents of fresh memory may not change it. */
interface Course {
  readonly blocks: Float64Array;
  readonly end: string;
}

/** Names addresses of the module as it was before its init sections went. */
type Names = (address: number | undefined) => string;

const namesOf = (k: Kernel, module: Module): Names => {
  const before = { ...module };
  return (address) => {
    if (address === undefined) return "the end";
    const symbol = k.modules.list.symbolAt(before, address);
    if (symbol === undefined) return k.symbols.format(address);
    return `${symbol.name}+0x${symbol.offset.toString(16)}/0x${symbol.size.toString(16)} [${module.name}]`;
  };
};

const differenceOf = (place: Names, first: Course, other: Course): Finding | undefined => {
  let at = 0;
  while (at < first.blocks.length && first.blocks[at] === other.blocks[at]) at += 1;
  const parted = at < Math.max(first.blocks.length, other.blocks.length);
  if (!parted && first.end === other.end) return undefined;
  const where = at === 0 ? undefined : place(first.blocks[at - 1]);
  const ways = [first, other].map(({ blocks }) => place(blocks[at])).join(" or to ");
  return {
    kind: "uninitialised-memory",
    severity: "error",
    message: parted
      ? `goes on to ${ways}, as fresh memory happens to be: something reads what was never written`
      : `comes to another end (${first.end}, or ${other.end}), as fresh memory happens to be: something reads what was never written`,
    where,
    stack: where === undefined ? [] : [where],
  };
};

/**
 * Compares runs of the same thing with different contents of fresh memory. `run` starts from the same
 * state each time and tells how it ended. `module` is named as it is when this is called.
 */
export const findUninitialised = (
  { kernel: k }: Sandbox,
  fresh: FreshMemory,
  module: Module,
  run: () => string,
): Finding | undefined => {
  const { coverage } = k.machine.engine;
  const names = namesOf(k, module);
  const course = (contents: number): Course => {
    coverage.reset();
    coverage.start();
    fresh.fill(contents);
    try {
      const end = run();
      return { end, blocks: coverage.blocks() };
    } finally {
      fresh.fill(undefined);
      coverage.stop();
    }
  };
  const [first, ...others] = FILLS.map(course);
  if (first === undefined) return undefined;
  for (const other of others) {
    const found = differenceOf(names, first, other);
    if (found !== undefined) return found;
  }
  return undefined;
};
