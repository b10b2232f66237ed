import type { Address } from "../../base/address.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import type { Module } from "../../kernel/modules/module.ts";

/** A return address, and the module it lies in as that was then: names outlive it. */
export interface StackFrame {
  readonly address: Address;
  readonly module: Module | undefined;
}

export interface Stacks {
  /** Where the running task called the stub from, innermost first. */
  capture(): readonly StackFrame[];
  /** "symbol+0xoffset/0xsize [module]", one a frame. */
  text(frames: readonly StackFrame[]): string[];
}

const DEPTH = 12;

/** Stacks are kept as addresses and named only for a report. */
export const createStacks = (k: Kernel): Stacks => {
  /** Modules change when init has succeeded and go when they are unloaded; these copies do not. */
  const copies = new WeakMap<Module, Module>();
  const copyOf = (module: Module): Module => {
    const known = copies.get(module);
    if (known !== undefined) return known;
    const copy = { ...module };
    copies.set(module, copy);
    return copy;
  };
  const nameOf = ({ address, module }: StackFrame): string => {
    if (module === undefined) return k.symbols.format(address);
    const symbol = k.modules.list.symbolAt(module, address);
    const place =
      symbol === undefined
        ? `0x${address.toString(16)}`
        : `${symbol.name}+0x${symbol.offset.toString(16)}/0x${symbol.size.toString(16)}`;
    return `${place} [${module.name}]`;
  };
  return {
    capture: () =>
      k.traces.returnAddresses(DEPTH).map((address) => {
        const module = k.modules.list.at(address);
        return { address, module: module === undefined ? undefined : copyOf(module) };
      }),
    text: (frames) => frames.map(nameOf),
  };
};
