/** include/net/xfrm.h: registrations. */
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
]);
