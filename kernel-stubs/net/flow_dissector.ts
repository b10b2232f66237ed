/** include/net/flow_dissector.h, as net/core/flow_dissector.c does it. */
import { stub } from "../../src/stub/declare.ts";
import { bugAt } from "../reports.ts";

/** struct flow_dissector_key: an id, and an offset. FLOW_DISSECTOR_KEY_CONTROL and _BASIC are needed. */
const [KEY_SIZE, OFFSET_AT, MOST_KEYS, NEEDED] = [16, 8, 32, 3];
/** The offsets stand behind the bits of the keys in use. */
const OFFSETS_AT = 4;

export const skbFlowDissectorInit = stub(
  `void skb_flow_dissector_init(struct flow_dissector *flow_dissector, const struct flow_dissector_key *key,
      unsigned int key_count)`,
  (k, { flow_dissector: at, key, key_count: count }) => {
    k.memory.fill(at, 0, k.sizeOf("flow_dissector"));
    let used = 0;
    for (let index = 0; index < Math.min(count, MOST_KEYS); index += 1) {
      const id = k.memory.u32(key + index * KEY_SIZE);
      const offset = k.memory.pointer(key + index * KEY_SIZE + OFFSET_AT);
      if (id >= MOST_KEYS || offset > 0xffff || (used & (1 << id)) !== 0) bugAt(k, "skb_flow_dissector_init");
      used |= 1 << id;
      k.memory.setU16(at + OFFSETS_AT + id * 2, offset);
    }
    if ((used & NEEDED) !== NEEDED) bugAt(k, "skb_flow_dissector_init");
    k.memory.setU32(at, used >>> 0);
  },
);
