/** Trees of struct resource in guest memory (kernel/resource.c): who has which ports and addresses. */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { EBUSY, EINVAL } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { staticText } from "../data/text.ts";
import type { JournalSet } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { type KnownResource, knownMemory, knownPorts } from "./resource-list.ts";

// include/linux/ioport.h
export const IORESOURCE = {
  IO: 0x100n,
  MEM: 0x200n,
  IRQ: 0x400n,
  TYPE_BITS: 0x1f00n,
  EXT_TYPE_BITS: 0x0100_0000n,
  MUXED: 0x40_0000n,
  BUSY: 0x8000_0000n,
} as const;

export type RootName = "ioport_resource" | "iomem_resource";

export interface Resources {
  /** The tree's root in the kernel's data, filled in. */
  root(name: RootName): Address;
  /** request_resource_conflict(): 0, or what it runs into. */
  request(root: Address, wanted: Address): Address;
  /** insert_resource_conflict(): what lies inside becomes its children. */
  insert(parent: Address, wanted: Address): Address;
  /** EINVAL when it is in no tree. */
  release(old: Address): void;
  /** __request_region(): a new busy resource of kernel memory, or 0. */
  requestRegion(parent: Address, start: bigint, size: bigint, name: Address, flags: bigint): Address;
  releaseRegion(parent: Address, start: bigint, size: bigint): void;
  /** Each resource below a root, with how deep it lies. */
  walk(root: Address): Generator<readonly [at: Address, depth: number]>;
}

/** A guest that has tied its tree in knots is left alone after so many steps. */
const MAX_STEPS = 100_000;

export const createResources = (k: Kernel): Resources => {
  const filled: JournalSet<RootName> = k.journal.set();
  /** Resources of __request_region. */
  const made: JournalSet<Address> = k.journal.set();
  const view = (at: Address): ReturnType<typeof k.struct<"resource">> => k.struct("resource", at);
  const siblings = function* (first: Address): Generator<Address> {
    let steps = 0;
    for (let at = first; at !== 0 && steps < MAX_STEPS; steps += 1) {
      const next = view(at).sibling;
      yield at;
      at = next;
    }
  };

  /** __request_resource() */
  const place = (root: Address, wanted: Address): Address => {
    const top = view(root);
    const self = view(wanted);
    const { start, end } = self;
    if (end < start || start < top.start || end > top.end) return root;
    let before: Address = 0;
    for (const at of siblings(top.child)) {
      if (view(at).start > end) break;
      if (view(at).end >= start) return at;
      before = at;
    }
    self.sibling = before === 0 ? top.child : view(before).sibling;
    if (before === 0) top.child = wanted;
    else view(before).sibling = wanted;
    self.parent = root;
    return 0;
  };
  const unlink = (old: Address): boolean => {
    const { parent, sibling } = view(old);
    let before: Address = 0;
    for (const at of siblings(view(parent).child)) {
      if (at === old) {
        if (before === 0) view(parent).child = sibling;
        else view(before).sibling = sibling;
        view(old).parent = 0;
        return true;
      }
      before = at;
    }
    return false;
  };
  /** __insert_resource() */
  const insert = (start: Address, wanted: Address): Address => {
    const self = view(wanted);
    let parent = start;
    let first: Address = 0;
    for (let steps = 0; steps < MAX_STEPS; steps += 1) {
      first = place(parent, wanted);
      if (first === 0 || first === parent) return first;
      const found = view(first);
      if (found.start > self.start || found.end < self.end) break;
      if (found.start === self.start && found.end === self.end) break;
      parent = first;
    }
    const inside: Address[] = [];
    for (const at of siblings(first)) {
      const each = view(at);
      if (each.start > self.end) break;
      if (each.start < self.start || each.end > self.end) return at;
      inside.push(at);
    }
    for (const at of inside) unlink(at);
    place(parent, wanted);
    for (const at of inside) place(wanted, at);
    return 0;
  };
  const newResource = (name: Address, start: bigint, end: bigint, flags: bigint): Address => {
    const at = k.heap.internal(new Uint8Array(k.sizeOf("resource")));
    const self = view(at);
    self.name = name;
    self.start = start;
    self.end = end;
    self.flags = flags;
    return at;
  };
  const fill = (root: Address, type: bigint, known: readonly KnownResource[]): void => {
    const parents: Address[] = [root];
    for (const { start, end, name, depth, busy } of known) {
      const at = k.statics.allocate(k.sizeOf("resource"));
      const self = view(at);
      self.name = staticText(k, name);
      self.start = BigInt(start);
      self.end = BigInt(end);
      self.flags = type | (busy ? IORESOURCE.BUSY : 0n);
      place(parents[depth] ?? root, at);
      parents[depth + 1] = at;
    }
  };

  const root = (name: RootName): Address => {
    const address = k.profile.symbol(name)?.address ?? 0;
    if (filled.has(name)) return address;
    filled.add(name);
    k.image.placeData(address, k.sizeOf("resource"));
    const self = view(address);
    const ports = name === "ioport_resource";
    self.name = staticText(k, ports ? "PCI IO" : "PCI mem");
    self.start = 0n;
    self.end = ports ? 0xffffn : 0xff_ffff_ffffn;
    self.flags = ports ? IORESOURCE.IO : IORESOURCE.MEM;
    self.child = 0;
    fill(address, self.flags, ports ? knownPorts() : knownMemory());
    return address;
  };

  return {
    root,
    request: place,
    insert,
    release(old) {
      if (!unlink(old)) throw new Errno(EINVAL);
    },
    requestRegion(start, first, size, name, flags) {
      let parent = start;
      const type = view(parent).flags & (IORESOURCE.TYPE_BITS | IORESOURCE.EXT_TYPE_BITS);
      const at = newResource(
        name,
        first,
        BigInt.asUintN(64, first + size - 1n),
        type | IORESOURCE.BUSY | flags,
      );
      for (let steps = 0; steps < MAX_STEPS; steps += 1) {
        const conflict = place(parent, at);
        if (conflict === 0) {
          made.add(at);
          return at;
        }
        if (conflict === parent || (view(conflict).flags & IORESOURCE.BUSY) !== 0n) break;
        parent = conflict;
      }
      k.heap.kfree(at);
      return 0;
    },
    releaseRegion(start, first, size) {
      const end = BigInt.asUintN(64, first + size - 1n);
      let parent = start;
      for (let steps = 0; steps < MAX_STEPS; steps += 1) {
        const found = [...siblings(view(parent).child)].find(
          (at) => view(at).start <= first && view(at).end >= end,
        );
        if (found === undefined) break;
        const each = view(found);
        if ((each.flags & IORESOURCE.BUSY) === 0n) {
          parent = found;
          continue;
        }
        if (each.start !== first || each.end !== end) break;
        unlink(found);
        if (made.delete(found)) k.heap.kfree(found);
        return;
      }
      const hex = (value: bigint): string => `0x${value.toString(16).padStart(16, "0")}`;
      k.printk(4, `resource: Trying to free nonexistent resource <${hex(first)}-${hex(end)}>`);
    },
    *walk(top) {
      const stack: (readonly [Address, number])[] = [[view(top).child, 0]];
      for (let steps = 0; steps < MAX_STEPS; steps += 1) {
        const next = stack.pop();
        if (next === undefined) return;
        const [at, depth] = next;
        if (at === 0) continue;
        yield next;
        stack.push([view(at).sibling, depth], [view(at).child, depth + 1]);
      }
    },
  };
};

/** /proc/ioports, /proc/iomem. */
export const resourcesText = (k: Kernel, name: RootName): ByteString => {
  const { resources } = k.driverCore;
  const root = resources.root(name);
  const width = k.struct("resource", root).end < 0x10000n ? 4 : 8;
  const hex = (value: bigint): string => value.toString(16).padStart(width, "0");
  let text = "";
  for (const [at, depth] of resources.walk(root)) {
    const { start, end, name: label } = k.struct("resource", at);
    const known = label === 0 ? "<BAD>" : k.memory.cstring(label, 256);
    text += `${"  ".repeat(Math.min(depth, 5))}${hex(start)}-${hex(end)} : ${known}\n`;
  }
  return text;
};

/** A conflict is EBUSY. */
export const orBusy = (conflict: Address): number => {
  if (conflict !== 0) throw new Errno(EBUSY);
  return 0;
};
