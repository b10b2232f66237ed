/** include/linux/regmap.h, as drivers/base/regmap/regmap.c does it: for those who look for a map. */
import { EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { stub } from "../../src/stub/declare.ts";

export const devGetRegmap = stub(
  "struct regmap *dev_get_regmap(struct device *dev, const char *name)",
  { fails: ["NULL"], level: { partial: "no device has a register map" } },
  () => 0 as never,
);
export const regmapGetValBytes = stub(
  "int regmap_get_val_bytes(struct regmap *map)",
  { fails: ["EINVAL"] },
  (k, { map }) => {
    const { format_write: writes, val_bytes: bytes } = k.struct("regmap", map).format;
    if (writes !== 0) throw new Errno(EINVAL);
    return bytes;
  },
);
