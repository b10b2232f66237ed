/** include/linux/connector.h, as drivers/connector does it. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { maySleep } from "../../src/kernel/memory/gfp.ts";
import { idAt } from "../../src/kernel/net/connector.ts";
import { stub } from "../../src/stub/declare.ts";

const MAX_NAME = 64;
const registered = (k: Kernel, { id }: { readonly id: Address }): Address | undefined =>
  k.net.connector.find(idAt(k, id));

export const cnAddCallback = stub(
  `int cn_add_callback(const struct cb_id *id, const char *name,
      void (*callback)(struct cn_msg *, struct netlink_skb_parms *))`,
  { fails: ["ENOMEM", "EINVAL"], sleeps: true, acquires: { connector_callback: registered } },
  (k, { id, name, callback }) => {
    k.net.connector.add({ ...idAt(k, id), name: k.memory.cstring(name, MAX_NAME), callback });
    return 0;
  },
);
export const cnDelCallback = stub(
  "void cn_del_callback(const struct cb_id *id)",
  { sleeps: true, releases: { connector_callback: registered } },
  (k, { id }) => k.net.connector.remove(idAt(k, id)),
);

const SENDS = {
  fails: ["ENODEV", "ESRCH", "ENOMEM"],
  sleeps: ({ gfp_mask }: { readonly gfp_mask: number }) => maySleep(gfp_mask),
} as const;
const LENGTH = 16;

export const cnNetlinkSendMult = stub(
  "int cn_netlink_send_mult(struct cn_msg *msg, u16 len, u32 portid, u32 group, gfp_t gfp_mask)",
  SENDS,
  (k, { msg, len, portid: port, group, gfp_mask: gfp }) =>
    k.net.connector.send(msg, len, { port, group, gfp }),
);
export const cnNetlinkSend = stub(
  "int cn_netlink_send(struct cn_msg *msg, u32 portid, u32 group, gfp_t gfp_mask)",
  SENDS,
  (k, { msg, portid: port, group, gfp_mask: gfp }) =>
    k.net.connector.send(msg, k.memory.u16(msg + LENGTH), { port, group, gfp }),
);
