import type { ByteString } from "../../../base/bytes.ts";
import { quotePattern } from "./pattern.ts";

/** A stretch of an expanded word: only `expanded` is split, neither it nor `literal` is safe from globbing. */
export interface Segment {
  readonly text: ByteString;
  readonly kind: "literal" | "quoted" | "expanded" | "break";
}

/** One argument to be: its text, and the same as a pattern in which what was quoted is escaped. */
export interface Field {
  readonly text: ByteString;
  readonly pattern: string;
}

interface Builder {
  readonly fields: Field[];
  text: string;
  pattern: string;
  /** Something stands here, if only a pair of quotes. */
  open: boolean;
}

const close = (builder: Builder): void => {
  if (builder.open) builder.fields.push({ text: builder.text, pattern: builder.pattern });
  builder.text = "";
  builder.pattern = "";
  builder.open = false;
};

const append = (builder: Builder, text: string, pattern: string): void => {
  builder.text += text;
  builder.pattern += pattern;
  builder.open = true;
};

const splitExpanded = (builder: Builder, text: ByteString, ifs: ByteString): void => {
  let blankBefore = false;
  for (const char of text) {
    if (!ifs.includes(char)) {
      append(builder, char, char === "\\" ? "\\\\" : char);
      blankBefore = false;
    } else if (" \t\n".includes(char)) {
      close(builder);
      blankBefore = true;
    } else {
      // A separator that is not white space ends a field even when it is empty.
      if (!builder.open && !blankBefore) builder.open = true;
      close(builder);
      blankBefore = false;
    }
  }
};

/** Splits what expansions brought in at the characters of IFS. */
export const splitFields = (segments: readonly Segment[], ifs: ByteString): readonly Field[] => {
  const builder: Builder = { fields: [], text: "", pattern: "", open: false };
  for (const { text, kind } of segments) {
    if (kind === "break") close(builder);
    else if (kind === "expanded") splitExpanded(builder, text, ifs);
    else append(builder, text, kind === "quoted" ? quotePattern(text) : text);
  }
  close(builder);
  return builder.fields;
};
