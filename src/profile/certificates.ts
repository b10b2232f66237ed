import type { TableData } from "./container.ts";
import type { ProfileInputs } from "./inputs.ts";
import { keyedTable } from "./keyed-table.ts";

const MAX_LIST = 1 << 20;

/** Length of the DER SEQUENCE at the start, undefined when there is none. */
const sequenceLength = (bytes: Buffer): number | undefined => {
  // The kernel takes only the two-byte length form (certs/system_keyring.c, load_certificate_list).
  if (bytes.length < 4 || bytes[0] !== 0x30 || bytes[1] !== 0x82) return undefined;
  const length = 4 + bytes.readUInt16BE(2);
  return length <= bytes.length ? length : undefined;
};

/** The X.509 certificates built into a kernel image, DER (certs/system_certificates.S). */
const readCertificates = ({ image, symbols }: Pick<ProfileInputs, "image" | "symbols">): Buffer[] => {
  const addressOf = (name: string): number | undefined => symbols.find((one) => one.name === name)?.address;
  const start = addressOf("system_certificate_list");
  const size = image.bytesAt(addressOf("system_certificate_list_size") ?? 0, 8)?.readBigUInt64LE(0) ?? 0n;
  if (start === undefined || size > MAX_LIST) return [];
  let rest = image.bytesAt(start, Number(size)) ?? Buffer.alloc(0);
  const found: Buffer[] = [];
  for (let length = sequenceLength(rest); length !== undefined; length = sequenceLength(rest)) {
    found.push(rest.subarray(0, length));
    rest = rest.subarray(length);
  }
  return found;
};

export const certificateTable = (inputs: ProfileInputs): TableData =>
  keyedTable(
    "certificates",
    64 << 10,
    readCertificates(inputs).map((bytes, index) => [String(index).padStart(4, "0"), bytes.toString("hex")]),
  );
