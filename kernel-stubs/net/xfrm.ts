/** include/net/xfrm.h: registrations, and states and policies, of which there are none. */
import { ESRCH } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { stub } from "../../src/stub/declare.ts";
import { registrations } from "../registrations.ts";

export const netXfrmRegistrations = registrations("no packet ever comes", [
  {
    kind: "xfrm_type",
    add: "int xfrm_register_type(const struct xfrm_type *type, unsigned short family)",
    remove: "void xfrm_unregister_type(const struct xfrm_type *type, unsigned short family)",
    by: { add: "type", remove: "type" },
    fails: ["EAFNOSUPPORT", "EEXIST"],
    twice: "EEXIST",
  },
  {
    kind: "xfrm_protocol",
    add: "int xfrm4_protocol_register(struct xfrm4_protocol *handler, unsigned char protocol)",
    remove: "int xfrm4_protocol_deregister(struct xfrm4_protocol *handler, unsigned char protocol)",
    by: { add: "handler", remove: "handler" },
    fails: ["EEXIST", "EINVAL"],
    twice: "EEXIST",
  },
  {
    kind: "xfrm_protocol",
    add: "int xfrm6_protocol_register(struct xfrm6_protocol *handler, unsigned char protocol)",
    remove: "int xfrm6_protocol_deregister(struct xfrm6_protocol *handler, unsigned char protocol)",
    by: { add: "handler", remove: "handler" },
    fails: ["EEXIST", "EINVAL"],
    twice: "EEXIST",
  },
  {
    kind: "xfrm_type_offload",
    add: "int xfrm_register_type_offload(const struct xfrm_type_offload *type, unsigned short family)",
    remove: "void xfrm_unregister_type_offload(const struct xfrm_type_offload *type, unsigned short family)",
    by: { add: "type", remove: "type" },
    fails: ["EAFNOSUPPORT", "EPROTONOSUPPORT"],
  },
  {
    kind: "xfrm_input",
    add: "int xfrm_input_register_afinfo(const struct xfrm_input_afinfo *afinfo)",
    remove: "int xfrm_input_unregister_afinfo(const struct xfrm_input_afinfo *afinfo)",
    by: { add: "afinfo", remove: "afinfo" },
    fails: ["EAFNOSUPPORT", "EEXIST"],
    twice: "EEXIST",
    slot: (k, { afinfo = 0 }) => {
      const { family, is_ipip: tunnel } = k.struct("xfrm_input_afinfo", afinfo);
      return `${family} ${tunnel ? 1 : 0}`;
    },
  },
  {
    kind: "xfrm_manager",
    add: "void xfrm_register_km(struct xfrm_mgr *km)",
    remove: "void xfrm_unregister_km(struct xfrm_mgr *km)",
    by: { add: "km", remove: "km" },
    fails: [],
  },
]);

/** Whoever asks for the states of one protocol learns that there are none. */
const none = (): never => {
  throw new Errno(ESRCH);
};
export const xfrmFlushGc = stub("void xfrm_flush_gc(void)", { sleeps: true }, () => undefined);
export const xfrmStateFlush = stub(
  "int xfrm_state_flush(struct net *net, u8 proto, bool task_valid)",
  { fails: ["ESRCH"] },
  none,
);
export const xfrmDevStateFlush = stub(
  "int xfrm_dev_state_flush(struct net *net, struct net_device *dev, bool task_valid)",
  { fails: ["ESRCH"] },
  none,
);
