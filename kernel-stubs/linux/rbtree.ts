/** include/linux/rbtree.h, as lib/rbtree.c does it. */
import type { Address } from "../../src/base/address.ts";
import {
  changeChild,
  eraseColor,
  finish,
  insertColor,
  leftDeepest,
  neighbour,
  outermost,
  parentOf,
  RB_LEFT,
  RB_RIGHT,
  type Tree,
  unlink,
} from "../../src/kernel/data/rbtree.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";
import { guarded } from "../reports.ts";

function* unmoved(): Routine<void> {}

const plainTree = (k: Kernel, root: Address): Tree => ({ memory: k.memory, root, rotated: unmoved });

export const rbInsertColor = stub(
  "void rb_insert_color(struct rb_node *node, struct rb_root *root)",
  (k, { node, root }) => guarded(k, "rb_insert_color", () => finish(insertColor(plainTree(k, root), node))),
);

export const rbErase = stub(
  "void rb_erase(struct rb_node *node, struct rb_root *root)",
  (k, { node, root }) =>
    guarded(k, "rb_erase", () => {
      const tree = plainTree(k, root);
      const unbalanced = unlink(tree, node);
      if (unbalanced !== 0) finish(eraseColor(tree, unbalanced));
    }),
);

export const rbFirst = stub(
  "struct rb_node *rb_first(const struct rb_root *root)",
  (k, { root }) => guarded(k, "rb_first", () => outermost(k.memory, k.memory.pointer(root), RB_LEFT)) ?? 0,
);

export const rbLast = stub(
  "struct rb_node *rb_last(const struct rb_root *root)",
  (k, { root }) => guarded(k, "rb_last", () => outermost(k.memory, k.memory.pointer(root), RB_RIGHT)) ?? 0,
);

export const rbNext = stub(
  "struct rb_node *rb_next(const struct rb_node *node)",
  (k, { node }) => guarded(k, "rb_next", () => neighbour(k.memory, node, RB_RIGHT)) ?? 0,
);

export const rbPrev = stub(
  "struct rb_node *rb_prev(const struct rb_node *node)",
  (k, { node }) => guarded(k, "rb_prev", () => neighbour(k.memory, node, RB_LEFT)) ?? 0,
);

/** One CPU: nobody reads the tree meanwhile, so the RCU variant is the same. */
const replaceNode = (k: Kernel, victim: Address, replacement: Address, root: Address): void => {
  const { memory } = k;
  const parent = parentOf(memory, victim);
  memory.write(replacement, memory.bytes(victim, 24));
  for (const side of [RB_LEFT, RB_RIGHT]) {
    const child = memory.pointer(victim + side);
    if (child !== 0) memory.setPointer(child, replacement + (memory.pointer(child) & 1));
  }
  changeChild(plainTree(k, root), victim, replacement, parent);
};

export const rbReplaceNode = stub(
  "void rb_replace_node(struct rb_node *victim, struct rb_node *new, struct rb_root *root)",
  (k, args) => replaceNode(k, args.victim, args.new, args.root),
);

export const rbReplaceNodeRcu = stub(
  "void rb_replace_node_rcu(struct rb_node *victim, struct rb_node *new, struct rb_root *root)",
  (k, args) => replaceNode(k, args.victim, args.new, args.root),
);

export const rbFirstPostorder = stub(
  "struct rb_node *rb_first_postorder(const struct rb_root *root)",
  (k, { root }) => {
    const top = k.memory.pointer(root);
    return top === 0 ? 0 : (guarded(k, "rb_first_postorder", () => leftDeepest(k.memory, top)) ?? 0);
  },
);

export const rbNextPostorder = stub(
  "struct rb_node *rb_next_postorder(const struct rb_node *node)",
  (k, { node }) => {
    if (node === 0) return 0;
    const parent = parentOf(k.memory, node);
    if (parent === 0) return 0;
    const right = k.memory.pointer(parent + RB_RIGHT);
    if (right === 0 || k.memory.pointer(parent + RB_LEFT) !== node) return parent;
    return guarded(k, "rb_next_postorder", () => leftDeepest(k.memory, right)) ?? 0;
  },
);
