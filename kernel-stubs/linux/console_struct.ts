/** include/linux/console_struct.h: the first virtual console, in text mode. */
import { variable } from "../../src/stub/declare.ts";

const COLUMNS = 80;
const ROWS = 25;

export const vcCons = variable("struct vc vc_cons[63]", (k, { address }) => {
  const screen = k.statics.allocate(k.sizeOf("vc_data"));
  Object.assign(k.struct("vc_data", screen), { vc_cols: COLUMNS, vc_rows: ROWS, vc_size_row: COLUMNS * 2 });
  k.struct("vc", address).d = screen as never;
});
