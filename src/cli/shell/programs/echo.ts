import type { Program } from "../program.ts";
import { unescape } from "../escapes.ts";

/** Options are only those words that hold nothing but n, e and E (echo.c). */
export const echo: Program = function* ({ args, out }) {
  const words = [...args];
  let newline = "\n";
  let escapes = false;
  while (/^-[neE]+$/.test(words[0] ?? "")) {
    for (const letter of (words.shift() ?? "").slice(1)) {
      if (letter === "n") newline = "";
      else escapes = letter === "e";
    }
  }
  const text = words.join(" ");
  if (!escapes) {
    yield* out.print(text + newline);
    return 0;
  }
  const { text: unescaped, stopped } = unescape(text);
  yield* out.print(unescaped + (stopped ? "" : newline));
  return 0;
};
