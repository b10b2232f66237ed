/** Text that is HTML already. Everything else is escaped where it is put into some. */
export interface Markup {
  readonly html: string;
}

export type Piece = string | number | Markup | undefined | readonly Piece[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Controls, and what turns the direction of text round or hides in it: shown, not obeyed. */
const UNSEEN =
  // oxlint-disable-next-line no-control-regex
  /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** As text of an element or in a quoted attribute. */
export const escapeHtml = (text: string): string =>
  text
    .replaceAll(UNSEEN, (unseen) => {
      const code = unseen.charCodeAt(0);
      return code < 0x100
        ? `\\x${code.toString(16).padStart(2, "0")}`
        : `\\u${code.toString(16).padStart(4, "0")}`;
    })
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");

const render = (piece: Piece): string => {
  if (piece === undefined) return "";
  if (typeof piece === "string") return escapeHtml(piece);
  if (typeof piece === "number") return `${piece}`;
  return "html" in piece ? piece.html : piece.map(render).join("");
};

/** A template whose values are escaped unless they are markup. Attributes must be quoted. */
export const html = (parts: TemplateStringsArray, ...values: readonly Piece[]): Markup => ({
  html: parts.reduce((text, part, index) => text + render(values[index - 1]) + part),
});
