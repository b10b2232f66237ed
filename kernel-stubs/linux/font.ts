/** include/linux/font.h, as lib/fonts/fonts.c does it: the fonts of Debian's kernel. */
import type { Address } from "../../src/base/address.ts";
import { staticText } from "../../src/kernel/data/text.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

/** `index`, `preference` as in lib/fonts; 256 characters each. */
const FONTS = [
  { name: "VGA8x8", index: 0, width: 8, height: 8, preference: 0 },
  { name: "VGA8x16", index: 1, width: 8, height: 16, preference: 0 },
  { name: "TER16x32", index: 12, width: 16, height: 32, preference: -1 },
] as const;
type Font = (typeof FONTS)[number];

const CHARACTERS = 256;
const BLANK = { partial: "its characters are blank" };

/** struct font_desc: made when first asked for. */
const fontAt = (k: Kernel, { name, index, width, height, preference }: Font): Address => {
  const { chains } = k.driverCore;
  const key = `font ${name}`;
  const known = chains.get(key);
  if (known !== undefined) return known;
  const data = k.statics.allocate((CHARACTERS * height * width) / 8);
  const font = k.statics.allocate(k.sizeOf("font_desc"));
  const at = (field: string): Address => font + k.offsetOf("font_desc", field);
  k.memory.setU32(at("idx"), index);
  k.memory.setPointer(at("name"), staticText(k, name));
  k.memory.setU32(at("width"), width);
  k.memory.setU32(at("height"), height);
  k.memory.setU32(at("charcount"), CHARACTERS);
  k.memory.setPointer(at("data"), data);
  k.memory.setU32(at("pref"), preference >>> 0);
  chains.set(key, font);
  return font;
};

export const findFont = stub(
  "const struct font_desc *find_font(const char *name)",
  { fails: ["NULL"], level: BLANK },
  (k, { name }) => {
    const wanted = k.memory.cstring(name, 64);
    const font = FONTS.find((each) => each.name === wanted);
    return (font === undefined ? 0 : fontAt(k, font)) as never;
  },
);

const fits = (sizes: number, size: number): boolean => ((sizes >>> (size - 1)) & 1) !== 0;

export const getDefaultFont = stub(
  "const struct font_desc *get_default_font(int xres, int yres, u32 font_w, u32 font_h)",
  { level: BLANK },
  (k, { xres, yres, font_w, font_h }) => {
    const worth = ({ width, height, preference }: Font): number => {
      const characters = Math.trunc((Math.trunc(xres / width) * Math.trunc(yres / height)) / 1000);
      const many = characters > 20 ? 20 - characters : 0;
      const small = yres < 400 === height <= 8 ? 1000 : 0;
      return preference + small + many + (fits(font_w, width) && fits(font_h, height) ? 1000 : 0);
    };
    const best = FONTS.reduce<Font>((a, b) => (worth(b) > worth(a) ? b : a), FONTS[0]);
    return fontAt(k, best) as never;
  },
);
