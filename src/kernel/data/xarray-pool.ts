import type { Address } from "../../base/address.ts";
import type { Kernel } from "../kernel.ts";
import { NODE, type NodePool, type XArray } from "./xarray-node.ts";

/** xa_node.array of a node that waits to be freed. */
const RCU_FREE: Address = 1;
/** Freed nodes that stay as they are before the oldest is used again. */
const GRACE = 16;

const createNodePool = (k: Kernel): NodePool => {
  const queue: Address[] = [];
  const { memory } = k;
  return {
    take(xa, shift, parent, offset) {
      const reused = queue.length > GRACE ? k.journal.touch(queue).shift() : undefined;
      const node = reused ?? k.statics.allocate(NODE.SIZE);
      memory.fill(node, 0, NODE.SIZE);
      memory.setU8(node + NODE.SHIFT, shift);
      memory.setU8(node + NODE.OFFSET, offset);
      memory.setPointer(node + NODE.PARENT, parent);
      memory.setPointer(node + NODE.ARRAY, xa);
      memory.setPointer(node + NODE.LIST, node + NODE.LIST);
      memory.setPointer(node + NODE.LIST + 8, node + NODE.LIST);
      return node;
    },
    release(node) {
      memory.setPointer(node + NODE.ARRAY, RCU_FREE);
      k.journal.touch(queue).push(node);
    },
  };
};

/** One pool a kernel, made when its first array needs it; its state is journalled. */
const pools = new WeakMap<Kernel, NodePool>();

/** The array at `at`: an XArray, a radix tree's root, or what an IDR or IDA begins with. */
export const arrayAt = (k: Kernel, at: Address): XArray => {
  let pool = pools.get(k);
  if (pool === undefined) pools.set(k, (pool = createNodePool(k)));
  return { memory: k.memory, at, pool };
};
