/** Red-black trees in guest memory (lib/rbtree.c). */
import type { Address } from "../../base/address.ts";
import type { GuestMemory } from "../../machine/memory.ts";
import type { Routine } from "../routine.ts";
import { BrokenStructure } from "./broken.ts";

/** struct rb_node: parent with the colour in bit 0, right child, left child. */
export const RB_RIGHT = 8;
export const RB_LEFT = 16;
const RED = 0;
const BLACK = 1;
/** No tree in a guest's memory is higher; a broken one may be endless. */
const HIGHEST = 128;

type Side = typeof RB_RIGHT | typeof RB_LEFT;
const opposite = (side: Side): Side => (side === RB_LEFT ? RB_RIGHT : RB_LEFT);

/** A tree and what it tells when it turns: `rotated(old, new)` for augmented trees. */
export interface Tree {
  readonly memory: GuestMemory;
  readonly root: Address;
  rotated(old: Address, replacement: Address): Routine<void>;
}

/** Counts steps up or down a tree. */
const climber = (): (() => void) => {
  let steps = 0;
  return () => {
    if (++steps > HIGHEST) throw new BrokenStructure("a tree goes round in a circle");
  };
};

const untag = (word: Address): Address => word - (word & 3);
export const parentOf = (memory: GuestMemory, node: Address): Address => untag(memory.pointer(node));
const isBlack = (memory: GuestMemory, node: Address): boolean => (memory.pointer(node) & 1) === BLACK;
const isRed = (memory: GuestMemory, node: Address): boolean => node !== 0 && !isBlack(memory, node);
const setParentColor = (memory: GuestMemory, node: Address, parent: Address, color: number): void =>
  memory.setPointer(node, parent + color);
const setParent = (memory: GuestMemory, node: Address, parent: Address): void =>
  memory.setPointer(node, parent + (memory.pointer(node) & 1));

/** Puts `replacement` where `old` hung. */
export const changeChild = (
  { memory, root }: Tree,
  old: Address,
  replacement: Address,
  parent: Address,
): void => {
  if (parent === 0) memory.setPointer(root, replacement);
  else if (memory.pointer(parent + RB_LEFT) === old) memory.setPointer(parent + RB_LEFT, replacement);
  else memory.setPointer(parent + RB_RIGHT, replacement);
};

/** `replacement` takes the place and colour of `old`, which becomes its child. */
const turnParents = (tree: Tree, old: Address, replacement: Address, color: number): void => {
  const { memory } = tree;
  const parent = parentOf(memory, old);
  memory.setPointer(replacement, memory.pointer(old));
  setParentColor(memory, old, replacement, color);
  changeChild(tree, old, replacement, parent);
};

/** rb_insert_color: `start` has been linked in as a red leaf. */
export function* insertColor(tree: Tree, start: Address): Routine<void> {
  const { memory } = tree;
  const step = climber();
  let node = start;
  let parent = memory.pointer(node);
  for (;;) {
    step();
    if (parent === 0) return setParentColor(memory, node, 0, BLACK);
    if (isBlack(memory, parent)) return;
    const grandparent = memory.pointer(parent);
    const side: Side = memory.pointer(grandparent + RB_RIGHT) === parent ? RB_RIGHT : RB_LEFT;
    const uncle = memory.pointer(grandparent + opposite(side));
    if (!isRed(memory, uncle)) return yield* insertTurn(tree, node, side);
    setParentColor(memory, uncle, grandparent, BLACK);
    setParentColor(memory, parent, grandparent, BLACK);
    node = grandparent;
    parent = parentOf(memory, node);
    setParentColor(memory, node, parent, RED);
  }
}

/** Red parent on `side` of a grandparent whose other child is black: one or two turns settle it. */
function* insertTurn(tree: Tree, node: Address, side: Side): Routine<void> {
  const { memory } = tree;
  const other = opposite(side);
  let parent = memory.pointer(node);
  const grandparent = memory.pointer(parent);
  let inner = memory.pointer(parent + other);
  if (inner === node) {
    const child = memory.pointer(node + side);
    memory.setPointer(parent + other, child);
    memory.setPointer(node + side, parent);
    if (child !== 0) setParentColor(memory, child, parent, BLACK);
    setParentColor(memory, parent, node, RED);
    yield* tree.rotated(parent, node);
    parent = node;
    inner = memory.pointer(node + other);
  }
  memory.setPointer(grandparent + side, inner);
  memory.setPointer(parent + other, grandparent);
  if (inner !== 0) setParentColor(memory, inner, grandparent, BLACK);
  turnParents(tree, grandparent, parent, RED);
  yield* tree.rotated(grandparent, parent);
}

/** __rb_erase_color: below `start` one black node is missing. */
export function* eraseColor(tree: Tree, start: Address): Routine<void> {
  const { memory } = tree;
  const step = climber();
  let node: Address = 0;
  let parent = start;
  for (;;) {
    step();
    const side: Side = memory.pointer(parent + RB_RIGHT) === node ? RB_RIGHT : RB_LEFT;
    const sibling = yield* blackSibling(tree, parent, side);
    const [inner, outer] = [memory.pointer(sibling + side), memory.pointer(sibling + opposite(side))];
    if (isRed(memory, inner) || isRed(memory, outer)) return yield* eraseTurn(tree, parent, sibling, side);
    setParentColor(memory, sibling, parent, RED);
    if (isRed(memory, parent)) return memory.setPointer(parent, memory.pointer(parent) + BLACK);
    node = parent;
    parent = parentOf(memory, node);
    if (parent === 0) return;
  }
}

/** The sibling of the side that lacks a black node; a red one is first turned up. */
function* blackSibling(tree: Tree, parent: Address, side: Side): Routine<Address> {
  const { memory } = tree;
  const other = opposite(side);
  const sibling = memory.pointer(parent + other);
  if (!isRed(memory, sibling)) return sibling;
  const inner = memory.pointer(sibling + side);
  memory.setPointer(parent + other, inner);
  memory.setPointer(sibling + side, parent);
  setParentColor(memory, inner, parent, BLACK);
  turnParents(tree, parent, sibling, RED);
  yield* tree.rotated(parent, sibling);
  return inner;
}

/** A black sibling with a red child: one or two turns settle it. */
function* eraseTurn(tree: Tree, parent: Address, start: Address, side: Side): Routine<void> {
  const { memory } = tree;
  const other = opposite(side);
  let sibling = start;
  let outer = memory.pointer(sibling + other);
  if (!isRed(memory, outer)) {
    const inner = memory.pointer(sibling + side);
    const child = memory.pointer(inner + other);
    memory.setPointer(sibling + side, child);
    memory.setPointer(inner + other, sibling);
    memory.setPointer(parent + other, inner);
    if (child !== 0) setParentColor(memory, child, sibling, BLACK);
    yield* tree.rotated(sibling, inner);
    outer = sibling;
    sibling = inner;
  }
  const inner = memory.pointer(sibling + side);
  memory.setPointer(parent + other, inner);
  memory.setPointer(sibling + side, parent);
  setParentColor(memory, outer, sibling, BLACK);
  if (inner !== 0) setParent(memory, inner, parent);
  turnParents(tree, parent, sibling, BLACK);
  yield* tree.rotated(parent, sibling);
}

/** rb_erase: takes `node` out; answers with where a black node is now missing, or 0. */
export const unlink = (tree: Tree, node: Address): Address => {
  const { memory } = tree;
  const [left, right] = [memory.pointer(node + RB_LEFT), memory.pointer(node + RB_RIGHT)];
  const word = memory.pointer(node);
  const parent = untag(word);
  if (left !== 0 && right !== 0) return unlinkInner(tree, node);
  const child = left === 0 ? right : left;
  changeChild(tree, node, child, parent);
  if (child === 0) return (word & 1) === BLACK ? parent : 0;
  memory.setPointer(child, word);
  return 0;
};

/** A node with two children: its successor takes its place. */
const unlinkInner = (tree: Tree, node: Address): Address => {
  const { memory } = tree;
  const step = climber();
  const [left, right] = [memory.pointer(node + RB_LEFT), memory.pointer(node + RB_RIGHT)];
  let successor = right;
  let parent = right;
  for (let next = memory.pointer(right + RB_LEFT); next !== 0; next = memory.pointer(next + RB_LEFT)) {
    step();
    parent = successor;
    successor = next;
  }
  const child = memory.pointer(successor + RB_RIGHT);
  if (successor !== right) {
    memory.setPointer(parent + RB_LEFT, child);
    memory.setPointer(successor + RB_RIGHT, right);
    setParent(memory, right, successor);
  } else parent = successor;
  memory.setPointer(successor + RB_LEFT, left);
  setParent(memory, left, successor);
  const wasBlack = isBlack(memory, successor);
  changeChild(tree, node, successor, parentOf(memory, node));
  if (child !== 0) setParentColor(memory, child, parent, BLACK);
  memory.setPointer(successor, memory.pointer(node));
  return child === 0 && wasBlack ? parent : 0;
};

/** The last node on one side below `node`; 0 for 0. */
export const outermost = (memory: GuestMemory, node: Address, side: Side): Address => {
  const step = climber();
  let at = node;
  for (let next = at; next !== 0; next = memory.pointer(at + side)) {
    step();
    at = next;
  }
  return at;
};

/** The neighbour in order on that side; 0 when there is none, or the node is in no tree. */
export const neighbour = (memory: GuestMemory, node: Address, side: Side): Address => {
  if (memory.pointer(node) === node) return 0;
  const child = memory.pointer(node + side);
  if (child !== 0) return outermost(memory, child, opposite(side));
  const step = climber();
  let [at, parent] = [node, parentOf(memory, node)];
  while (parent !== 0 && memory.pointer(parent + side) === at) {
    step();
    at = parent;
    parent = parentOf(memory, at);
  }
  return parent;
};

/** The first node of a postorder walk below `node`. */
export const leftDeepest = (memory: GuestMemory, node: Address): Address => {
  const step = climber();
  let at = node;
  for (;;) {
    step();
    const next = memory.pointer(at + RB_LEFT) || memory.pointer(at + RB_RIGHT);
    if (next === 0) return at;
    at = next;
  }
};

/** Runs a routine that calls no guest code to its end. */
export const finish = (routine: Routine<void>): void => void routine.next();
