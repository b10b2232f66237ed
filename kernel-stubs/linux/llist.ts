/** include/linux/llist.h: lock-less lists, as lib/llist.c does them. */
import { stub } from "../../src/stub/declare.ts";
import { endless } from "../reports.ts";

const LONGEST = 2 ** 24;

export const llistAddBatch = stub(
  "bool llist_add_batch(struct llist_node *new_first, struct llist_node *new_last, struct llist_head *head)",
  (k, { new_first, new_last, head }) => {
    const first = k.memory.pointer(head);
    k.memory.setPointer(new_last, first);
    k.memory.setPointer(head, new_first);
    return first === 0;
  },
);

export const llistDelFirst = stub(
  "struct llist_node *llist_del_first(struct llist_head *head)",
  (k, { head }) => {
    const first = k.memory.pointer(head);
    if (first !== 0) k.memory.setPointer(head, k.memory.pointer(first));
    return first;
  },
);

export const llistReverseOrder = stub(
  "struct llist_node *llist_reverse_order(struct llist_node *head)",
  (k, { head }) => {
    let reversed = 0;
    let node: number = head;
    for (let count = 0; node !== 0; count++) {
      if (count > LONGEST) {
        endless(k, "llist_reverse_order");
        break;
      }
      const next = k.memory.pointer(node);
      k.memory.setPointer(node, reversed);
      reversed = node;
      node = next;
    }
    return reversed;
  },
);
