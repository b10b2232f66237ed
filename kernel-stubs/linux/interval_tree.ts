/** include/linux/interval_tree.h, as lib/interval_tree.c does it. */
import {
  firstInterval,
  insertInterval,
  nextInterval,
  removeInterval,
} from "../../src/kernel/data/interval-tree.ts";
import { stub } from "../../src/stub/declare.ts";
import { guarded } from "../reports.ts";

export const intervalTreeInsert = stub(
  "void interval_tree_insert(struct interval_tree_node *node, struct rb_root_cached *root)",
  (k, { node, root }) => guarded(k, "interval_tree_insert", () => insertInterval(k, node, root)),
);

export const intervalTreeRemove = stub(
  "void interval_tree_remove(struct interval_tree_node *node, struct rb_root_cached *root)",
  (k, { node, root }) => guarded(k, "interval_tree_remove", () => removeInterval(k, node, root)),
);

export const intervalTreeIterFirst = stub(
  "struct interval_tree_node *interval_tree_iter_first(struct rb_root_cached *root, unsigned long start, unsigned long last)",
  (k, { root, start, last }) =>
    guarded(k, "interval_tree_iter_first", () => firstInterval(k, root, start, last)) ?? 0,
);

export const intervalTreeIterNext = stub(
  "struct interval_tree_node *interval_tree_iter_next(struct interval_tree_node *node, unsigned long start, unsigned long last)",
  (k, { node, start, last }) =>
    guarded(k, "interval_tree_iter_next", () => nextInterval(k, node, start, last)) ?? 0,
);
