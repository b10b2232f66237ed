/** include/linux/console_struct.h: the first virtual console, in text mode. */
import { variable } from "../../src/stub/declare.ts";

/** A blank, grey on black. */
const ERASED = 0x0720;
const COLUMNS = 80;
const ROWS = 25;

export const vcCons = variable("struct vc vc_cons[63]", (k, { address }) => {
  const screen = k.statics.allocate(k.sizeOf("vc_data"));
  const size = COLUMNS * ROWS * 2;
  const text = k.statics.allocate(size);
  for (let at = text; at < text + size; at += 2) k.memory.setU16(at, ERASED);
  Object.assign(k.struct("vc_data", screen), {
    vc_cols: COLUMNS,
    vc_rows: ROWS,
    vc_size_row: COLUMNS * 2,
    vc_origin: BigInt(text),
    vc_visible_origin: BigInt(text),
    vc_pos: BigInt(text),
    vc_scr_end: BigInt(text + size),
    vc_screenbuf: text,
    vc_screenbuf_size: size,
    vc_video_erase_char: ERASED,
  });
  k.struct("vc", address).d = screen as never;
});
