/**
 * Kernel text is bytes. Inside kobox such text is a "byte string": a string whose characters are
 * 0..255, one per byte, so that nothing is lost when it is not UTF-8. Decode only for display.
 */
export type ByteString = string;

export const bytesToByteString = (bytes: Uint8Array): ByteString =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");

export const byteStringToBytes = (text: ByteString): Uint8Array => Buffer.from(text, "latin1");

const ASCII = /^[\0-\x7f]*$/;

/** For the terminal and for JSON: UTF-8 where it is valid, the same characters where it is not. */
export const displayText = (text: ByteString): string => {
  if (ASCII.test(text)) return text;
  const decoded = Buffer.from(text, "latin1").toString("utf8");
  return decoded.includes("\ufffd") ? text : decoded;
};
