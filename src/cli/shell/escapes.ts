const SIMPLE: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  e: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
};

export interface Unescaped {
  readonly text: string;
  /** A `\c` was met: nothing more is to be printed. */
  readonly stopped: boolean;
}

/** Backslash sequences of echo -e and printf; an unknown one stays as it is. */
export const unescape = (source: string): Unescaped => {
  let text = "";
  for (let at = 0; at < source.length; at += 1) {
    const char = source[at] ?? "";
    if (char !== "\\") {
      text += char;
      continue;
    }
    const rest = source.slice(at + 1);
    if (rest.startsWith("c")) return { text, stopped: true };
    const number = /^(?:x([0-9a-fA-F]{1,2})|0?([0-7]{1,3}))/.exec(rest);
    const simple = SIMPLE[rest.slice(0, 1)];
    if (number !== null) {
      const code =
        number[1] === undefined ? Number.parseInt(number[2] ?? "0", 8) : Number.parseInt(number[1], 16);
      text += String.fromCharCode(code & 255);
      at += number[0].length;
    } else if (simple !== undefined && rest !== "") {
      text += simple;
      at += 1;
    } else text += char;
  }
  return { text, stopped: false };
};
