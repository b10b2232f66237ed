import { describe, expect, it } from "vitest";
import * as augmented from "../../../kernel-stubs/linux/rbtree_augmented.ts";
import * as rbtree from "../../../kernel-stubs/linux/rbtree.ts";
import { createStubHarness } from "../../support/stub-harness.ts";

const h = createStubHarness();
const { memory, call } = h;
const KEY = 24;

/** A struct { struct rb_node node; u32 key; } */
const makeNode = (key: number): number => {
  const node = h.room(32);
  memory.setU32(node + KEY, key);
  return node;
};
const keyOf = (node: number): number => memory.u32(node + KEY);

/** What a module does inline: finds the leaf and links the node there. */
const insert = (root: number, node: number, settle: (node: number, root: number) => void): void => {
  let link = root;
  let parent = 0;
  for (let at = memory.pointer(link); at !== 0; at = memory.pointer(link)) {
    parent = at;
    link = at + (keyOf(node) < keyOf(at) ? 16 : 8);
  }
  memory.setPointer(node, parent);
  memory.setPointer(node + 8, 0);
  memory.setPointer(node + 16, 0);
  memory.setPointer(link, node);
  settle(node, root);
};

/** Black height, having checked every rule of the tree. */
const check = (node: number, parent: number): number => {
  if (node === 0) return 1;
  const word = memory.pointer(node);
  expect(word - (word & 3)).toBe(parent);
  const red = (word & 1) === 0;
  if (red && parent !== 0) expect(memory.pointer(parent) & 1).toBe(1);
  const [left, right] = [memory.pointer(node + 16), memory.pointer(node + 8)];
  const height = check(left, node);
  expect(check(right, node)).toBe(height);
  return height + (red ? 0 : 1);
};
const walk = (root: number, first: typeof rbtree.rbFirst, next: typeof rbtree.rbNext): number[] => {
  const keys: number[] = [];
  for (let at = call(first, root); at !== 0; at = call(next, at)) keys.push(keyOf(at));
  return keys;
};

let seed = 12345;
const random = (limit: number): number => {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return (seed >>> 8) % limit;
};

describe("rb trees", () => {
  it("stay balanced and ordered through insertions and removals", () => {
    const root = h.room(8);
    const nodes = Array.from({ length: 300 }, (_, key) => makeNode(key));
    const outside = new Set(nodes);
    const inside = new Set<number>();
    for (let round = 0; round < 1500; round++) {
      const [from, to] = random(3) > 0 && outside.size > 0 ? [outside, inside] : [inside, outside];
      const node = [...from][random(from.size)];
      if (node === undefined) continue;
      from.delete(node);
      to.add(node);
      if (to === inside) insert(root, node, (n, r) => void call(rbtree.rbInsertColor, n, r));
      else call(rbtree.rbErase, node, root);
      if (round % 50 === 0) check(memory.pointer(root), 0);
    }
    const sorted = [...inside].map(keyOf).sort((a, b) => a - b);
    expect(walk(root, rbtree.rbFirst, rbtree.rbNext)).toEqual(sorted);
    expect(walk(root, rbtree.rbLast, rbtree.rbPrev)).toEqual(sorted.toReversed());
    for (const node of inside) {
      call(rbtree.rbErase, node, root);
      check(memory.pointer(root), 0);
    }
    expect(memory.pointer(root)).toBe(0);
  });

  it("are walked children first, and nodes can be replaced", () => {
    const root = h.room(8);
    const nodes = [4, 2, 6, 1, 3, 5, 7].map(makeNode);
    for (const node of nodes) insert(root, node, (n, r) => void call(rbtree.rbInsertColor, n, r));
    const post = (): number[] => walk(root, rbtree.rbFirstPostorder, rbtree.rbNextPostorder);
    expect(post()).toEqual([1, 3, 2, 5, 7, 6, 4]);
    const replacement = makeNode(2);
    call(rbtree.rbReplaceNode, nodes[1] ?? 0, replacement, root);
    check(memory.pointer(root), 0);
    expect(post()).toEqual([1, 3, 2, 5, 7, 6, 4]);
    expect(call(rbtree.rbFirst, h.room(8))).toBe(0);
    expect(call(rbtree.rbFirstPostorder, h.room(8))).toBe(0);
  });

  it("tell augmented trees of each turn", () => {
    const root = h.room(8);
    const turns: number[][] = [];
    const augment = h.guest((old, replacement) => {
      turns.push([
        keyOf(Number(BigInt.asIntN(64, old))),
        keyOf(Number(BigInt.asIntN(64, replacement ?? 0n))),
      ]);
      return 0;
    });
    for (const key of [1, 2, 3]) {
      insert(root, makeNode(key), (n, r) => void call(augmented.rbInsertAugmented, n, r, augment));
    }
    expect(turns).toEqual([[1, 2]]);
    check(memory.pointer(root), 0);
  });

  it("that lead round in a circle end the run", () => {
    const stops: string[] = [];
    const broken = createStubHarness({ stop: ({ kind }: { kind: string }) => stops.push(kind) } as never);
    const [root, a, b] = [broken.room(8), broken.room(24), broken.room(24)];
    broken.memory.setPointer(root, a);
    broken.memory.setPointer(a + 16, b);
    broken.memory.setPointer(b + 16, a);
    expect(broken.call(rbtree.rbFirst, root)).toBe(0);
    expect(stops).toEqual(["hang"]);
  });
});
