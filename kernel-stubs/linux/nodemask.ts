/** include/linux/nodemask.h: one node. */
import { variable } from "../../src/stub/declare.ts";

/** Bytes of a nodemask_t: MAX_NUMNODES is 1024. */
const MASK_BYTES = 128;
/** N_POSSIBLE, N_ONLINE, N_NORMAL_MEMORY, N_MEMORY, N_CPU; not N_GENERIC_INITIATOR. */
const STATES = 5;

export const nodeStates = variable("nodemask_t node_states[6]", (k, { address }) => {
  for (let state = 0; state < STATES; state += 1) k.memory.setU64(address + state * MASK_BYTES, 1n);
});
export const nodeCounts = ["nr_node_ids", "nr_online_nodes"].map((name) =>
  variable(`unsigned int ${name}`, (k, { address }) => k.memory.setU32(address, 1)),
);
