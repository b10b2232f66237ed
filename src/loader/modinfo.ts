import type { ByteString } from "../base/bytes.ts";
import { bytesToByteString } from "../base/bytes.ts";

/** The `tag=value` strings of a .modinfo section, in file order. */
export interface Modinfo {
  readonly entries: readonly (readonly [tag: ByteString, value: ByteString])[];
  /** First value of `tag`, as get_modinfo() finds it. */
  get(tag: ByteString): ByteString | undefined;
  all(tag: ByteString): ByteString[];
}

export interface ModinfoParameter {
  readonly name: ByteString;
  /** As module_param() wrote it ("int", "array of charp"); undefined when only described. */
  readonly type: ByteString | undefined;
  readonly description: ByteString | undefined;
}

/** Strings without "=" carry no tag and are skipped, as the kernel's search does. */
export const parseModinfo = (section: Uint8Array): Modinfo => {
  const entries: [ByteString, ByteString][] = [];
  for (const line of bytesToByteString(section).split("\0")) {
    const equals = line.indexOf("=");
    if (equals > 0) entries.push([line.slice(0, equals), line.slice(equals + 1)]);
  }
  return {
    entries,
    get: (tag) => entries.find(([name]) => name === tag)?.[1],
    all: (tag) => entries.filter(([name]) => name === tag).map(([, value]) => value),
  };
};

const splitAtColon = (text: ByteString): [ByteString, ByteString] => {
  const colon = text.indexOf(":");
  return colon < 0 ? [text, ""] : [text.slice(0, colon), text.slice(colon + 1)];
};

/** `parm` and `parmtype` joined by name, in the order kmod's modinfo lists them: first mention first. */
export const modinfoParameters = (modinfo: Modinfo): ModinfoParameter[] => {
  const found = new Map<ByteString, { type?: ByteString; description?: ByteString }>();
  const slot = (name: ByteString) => {
    const known = found.get(name) ?? {};
    found.set(name, known);
    return known;
  };
  for (const [tag, value] of modinfo.entries) {
    if (tag !== "parm" && tag !== "parmtype") continue;
    const [name, rest] = splitAtColon(value);
    if (tag === "parm") slot(name).description ??= rest;
    else slot(name).type ??= rest;
  }
  return [...found].map(([name, { type, description }]) => ({ name, type, description }));
};
