/** Trees of intervals in guest memory: red-black, each node knows the last index below it (interval_tree_generic.h). */
import type { Address } from "../../base/address.ts";
import type { StructTypes } from "../../profile/struct-types.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { BrokenStructure } from "./broken.ts";
import {
  eraseColor,
  finish,
  insertColor,
  neighbour,
  outermost,
  parentOf,
  RB_LEFT,
  RB_RIGHT,
  type Tree,
  unlink,
} from "./rbtree.ts";

/** The rb_node is what an interval begins with. */
type Interval = StructTypes["interval_tree_node"];

const MOST_STEPS = 10_000;

const at = (k: Kernel, node: Address): Interval => k.struct("interval_tree_node", node);
const child = ({ memory }: Kernel, node: Address, side: typeof RB_LEFT | typeof RB_RIGHT): Address =>
  memory.pointer(node + side);

/** The last index of the node and of what is below it. */
const update = (k: Kernel, node: Address): void => {
  let { last } = at(k, node);
  for (const side of [RB_LEFT, RB_RIGHT] as const) {
    const below = child(k, node, side);
    if (below !== 0 && at(k, below).__subtree_last > last) last = at(k, below).__subtree_last;
  }
  at(k, node).__subtree_last = last;
};

const updateUpwards = (k: Kernel, from: Address): void => {
  let node = from;
  for (let steps = 0; node !== 0; node = parentOf(k.memory, node), steps += 1) {
    if (steps > MOST_STEPS) throw new BrokenStructure();
    update(k, node);
  }
};

const treeOf = (k: Kernel, root: Address): Tree => ({
  memory: k.memory,
  root,
  *rotated(old, replacement): Routine<void> {
    update(k, old);
    update(k, replacement);
  },
});

/** rb_root_cached: the root, then the leftmost node. */
const LEFTMOST = 8;

export const insertInterval = (k: Kernel, node: Address, root: Address): void => {
  const { start, last } = at(k, node);
  let [link, parent, leftmost] = [root, 0, true];
  for (let next = k.memory.pointer(root), steps = 0; next !== 0; next = k.memory.pointer(link), steps += 1) {
    if (steps > MOST_STEPS) throw new BrokenStructure();
    parent = next;
    const left = start < at(k, parent).start;
    link = parent + (left ? RB_LEFT : RB_RIGHT);
    leftmost &&= left;
  }
  at(k, node).__subtree_last = last;
  k.memory.setPointer(node, parent);
  k.memory.setPointer(node + RB_LEFT, 0);
  k.memory.setPointer(node + RB_RIGHT, 0);
  k.memory.setPointer(link, node);
  updateUpwards(k, parent);
  if (leftmost) k.memory.setPointer(root + LEFTMOST, node);
  finish(insertColor(treeOf(k, root), node));
};

export const removeInterval = (k: Kernel, node: Address, root: Address): void => {
  const { memory } = k;
  if (memory.pointer(root + LEFTMOST) === node) {
    memory.setPointer(root + LEFTMOST, neighbour(memory, node, RB_RIGHT));
  }
  const [left, right] = [child(k, node, RB_LEFT), child(k, node, RB_RIGHT)];
  let lowest = parentOf(memory, node);
  if (left !== 0 && right !== 0) {
    const successor = outermost(memory, right, RB_LEFT);
    lowest = successor === right ? successor : parentOf(memory, successor);
  }
  const tree = treeOf(k, root);
  const unbalanced = unlink(tree, node);
  updateUpwards(k, lowest);
  if (unbalanced !== 0) finish(eraseColor(tree, unbalanced));
};

/** The leftmost interval below `top` that meets [start, last]; something there ends at `start` or behind. */
const search = (k: Kernel, top: Address, start: bigint, last: bigint): Address => {
  let node = top;
  for (let steps = 0; steps <= MOST_STEPS; steps += 1) {
    const left = child(k, node, RB_LEFT);
    if (left !== 0 && start <= at(k, left).__subtree_last) {
      node = left;
      continue;
    }
    if (at(k, node).start > last) return 0;
    if (start <= at(k, node).last) return node;
    const right = child(k, node, RB_RIGHT);
    if (right === 0 || start > at(k, right).__subtree_last) return 0;
    node = right;
  }
  throw new BrokenStructure();
};

export const firstInterval = (k: Kernel, root: Address, start: bigint, last: bigint): Address => {
  const top = k.memory.pointer(root);
  if (top === 0 || at(k, top).__subtree_last < start) return 0;
  if (at(k, k.memory.pointer(root + LEFTMOST)).start > last) return 0;
  return search(k, top, start, last);
};

/** The first interval of a subtree that meets [start, last]; undefined where all end before `start`. */
const searchBelow = (k: Kernel, top: Address, start: bigint, last: bigint): Address | undefined =>
  top !== 0 && start <= at(k, top).__subtree_last ? search(k, top, start, last) : undefined;

export const nextInterval = (k: Kernel, from: Address, start: bigint, last: bigint): Address => {
  let node = from;
  let found = searchBelow(k, child(k, node, RB_RIGHT), start, last);
  for (let steps = 0; found === undefined; steps += 1) {
    if (steps > MOST_STEPS) throw new BrokenStructure();
    const came = node;
    node = parentOf(k.memory, node);
    if (node === 0) return 0;
    if (child(k, node, RB_RIGHT) === came) continue;
    if (last < at(k, node).start) return 0;
    if (start <= at(k, node).last) return node;
    found = searchBelow(k, child(k, node, RB_RIGHT), start, last);
  }
  return found;
};
