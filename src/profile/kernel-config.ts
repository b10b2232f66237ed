import { gunzipSync } from "node:zlib";

/** Reads a .config: the options that are set, "CONFIG_HZ" to "250"; strings without their quotes. */
export const readConfig = (text: string): Map<string, string> => {
  const options = new Map<string, string>();
  for (const [, name = "", value = ""] of text.matchAll(/^(CONFIG_\w+)=(.*)$/gm)) {
    options.set(name, value.replace(/^"(.*)"$/, "$1"));
  }
  return options;
};

/** The .config inside an image built with CONFIG_IKCONFIG (kernel/configs.c), undefined when there is none. */
export const embeddedConfig = (image: Buffer): string | undefined => {
  const start = image.indexOf("IKCFG_ST");
  const end = image.indexOf("IKCFG_ED", start);
  if (start < 0 || end < 0) return undefined;
  try {
    return gunzipSync(image.subarray(start + 8, end), { maxOutputLength: 16 << 20 }).toString("latin1");
  } catch {
    return undefined;
  }
};
