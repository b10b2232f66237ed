/** include/linux/selection.h, as drivers/tty/vt/vt.c does it. */
import { toAddress } from "../../src/base/address.ts";
import { stub } from "../../src/stub/declare.ts";

export const screenPos = stub(
  "unsigned short *screen_pos(const struct vc_data *vc, int w_offset, bool viewed)",
  (k, { vc, w_offset, viewed }) => {
    const { vc_origin: origin, vc_visible_origin: visible } = k.struct("vc_data", vc);
    return (toAddress(viewed ? visible : origin) + 2 * w_offset) as never;
  },
);
