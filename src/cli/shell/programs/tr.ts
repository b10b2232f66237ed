import { bytesToByteString } from "../../../base/bytes.ts";
import { parseOptions, usageFailure } from "../options.ts";
import type { Program } from "../program.ts";
import { unescape } from "../escapes.ts";

const range = (from: number, to: number): string =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => String.fromCharCode(from + index)).join(
    "",
  );

const CLASSES: Readonly<Record<string, string>> = {
  alnum: range(48, 57) + range(65, 90) + range(97, 122),
  alpha: range(65, 90) + range(97, 122),
  blank: " \t",
  digit: range(48, 57),
  lower: range(97, 122),
  space: "\t\n\v\f\r ",
  upper: range(65, 90),
  xdigit: "0123456789ABCDEFabcdef",
  punct: range(33, 47) + range(58, 64) + range(91, 96) + range(123, 126),
};

/** "a-z\n[:digit:]" as the characters it names, in order. */
const expandSet = (source: string): string => {
  const text = unescape(source).text;
  let out = "";
  for (let at = 0; at < text.length;) {
    const named = /^\[:(\w+):\]/.exec(text.slice(at));
    const known = named === null ? undefined : CLASSES[named[1] ?? ""];
    if (named !== null && known !== undefined) {
      out += known;
      at += named[0].length;
    } else if (text[at + 1] === "-" && at + 2 < text.length) {
      out += range(text.charCodeAt(at), text.charCodeAt(at + 2));
      at += 3;
    } else {
      out += text[at] ?? "";
      at += 1;
    }
  }
  return out;
};

export const tr: Program = function* (call) {
  const usage = "[-cds] STRING1 [STRING2]";
  const options = parseOptions(call.argv, { letters: "+cCds", usage });
  const [first, second] = options.rest;
  if (first === undefined) throw usageFailure("tr", usage);
  let from = expandSet(first);
  if (options.has("c") || options.has("C")) {
    from = [...range(0, 255)].filter((char) => !from.includes(char)).join("");
  }
  const to = second === undefined ? "" : expandSet(second);
  const remove = new Set(options.has("d") ? from : "");
  const squeeze = new Set(options.has("s") ? (second === undefined ? from : to) : "");
  const map = new Map<string, string>();
  if (!options.has("d") && to !== "") {
    [...from].forEach((char, index) => map.set(char, to[Math.min(index, to.length - 1)] ?? char));
  }
  let last = "";
  for (;;) {
    const bytes = yield* call.sys.read(0, 1024);
    if (bytes.length === 0) return 0;
    let text = "";
    for (const char of bytesToByteString(bytes)) {
      if (remove.has(char)) continue;
      const mapped = map.get(char) ?? char;
      if (mapped !== last || !squeeze.has(mapped)) text += mapped;
      last = mapped;
    }
    yield* call.out.print(text);
  }
};
