/** include/linux/rbtree_augmented.h, as lib/rbtree.c does it. */
import { eraseColor, insertColor, type Tree } from "../../src/kernel/data/rbtree.ts";
import { stub } from "../../src/stub/declare.ts";
import { guestFunction } from "../../src/stub/guest-function.ts";
import { guardedRoutine } from "../reports.ts";

const rotate = guestFunction("void (*)(struct rb_node *, struct rb_node *)");

export const rbInsertAugmented = stub(
  "void __rb_insert_augmented(struct rb_node *node, struct rb_root *root, void (*augment_rotate)(struct rb_node *, struct rb_node *))",
  function* (k, { node, root, augment_rotate }) {
    const rotated: Tree["rotated"] = (old, replacement) => rotate(k, augment_rotate, old, replacement);
    yield* guardedRoutine(k, "__rb_insert_augmented", () =>
      insertColor({ memory: k.memory, root, rotated }, node),
    );
  },
);

export const rbEraseColor = stub(
  "void __rb_erase_color(struct rb_node *parent, struct rb_root *root, void (*augment_rotate)(struct rb_node *, struct rb_node *))",
  function* (k, { parent, root, augment_rotate }) {
    const rotated: Tree["rotated"] = (old, replacement) => rotate(k, augment_rotate, old, replacement);
    yield* guardedRoutine(k, "__rb_erase_color", () =>
      eraseColor({ memory: k.memory, root, rotated }, parent),
    );
  },
);
