/** One DER element (ITU-T X.690) inside a larger buffer; all views borrow it. */
export interface DerElement {
  /** Identifier byte: class, constructed bit and number. */
  readonly tag: number;
  readonly content: Uint8Array;
  /** Tag, length and content. */
  readonly whole: Uint8Array;
}

export const DER_INTEGER = 0x02;
export const DER_OCTET_STRING = 0x04;
const DER_OID = 0x06;
export const DER_SEQUENCE = 0x30;
export const DER_SET = 0x31;
/** Context-specific, constructed: `[n]`. */
export const derContext = (number: number): number => 0xa0 + number;

/** Malformed DER. */
export class DerError extends Error {}

const readLength = (bytes: Uint8Array, at: number): { length: number; start: number } => {
  const first = bytes[at];
  if (first === undefined) throw new DerError("cut off");
  if (first < 0x80) return { length: first, start: at + 1 };
  const count = first & 0x7f;
  if (count === 0 || count > 4 || at + 1 + count > bytes.length) throw new DerError("bad length");
  let length = 0;
  for (let i = 1; i <= count; i += 1) length = length * 256 + (bytes[at + i] ?? 0);
  return { length, start: at + 1 + count };
};

/** The elements that fill `bytes`, in order. Throws DerError. */
export const derElements = (bytes: Uint8Array): DerElement[] => {
  const elements: DerElement[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at] ?? 0;
    if ((tag & 0x1f) === 0x1f) throw new DerError("long tag");
    const { length, start } = readLength(bytes, at + 1);
    const end = start + length;
    if (end > bytes.length) throw new DerError("cut off");
    elements.push({ tag, content: bytes.subarray(start, end), whole: bytes.subarray(at, end) });
    at = end;
  }
  return elements;
};

/** The members of one constructed element. Throws DerError when it has another tag. */
export const derMembers = (element: DerElement | undefined, tag: number): DerElement[] => {
  if (element?.tag !== tag) throw new DerError(`expected tag ${tag}`);
  return derElements(element.content);
};

/** The content of one element. Throws DerError when it has another tag. */
export const derContent = (element: DerElement | undefined, tag: number): Uint8Array => {
  if (element?.tag !== tag) throw new DerError(`expected tag ${tag}`);
  return element.content;
};

/** An object identifier in hex, which names it well enough to compare. */
export const derOid = (element: DerElement | undefined): string =>
  Buffer.from(derContent(element, DER_OID)).toString("hex");
