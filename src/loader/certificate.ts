import { DER_INTEGER, DER_OCTET_STRING, DER_SEQUENCE, DerError, derContent, derContext } from "./der.ts";
import { derElements, derMembers, derOid } from "./der.ts";
import type { DerElement } from "./der.ts";

/** What of an X.509 certificate finds and checks a signature. All fields are DER, in hex. */
export interface Certificate {
  /** Issuer name and serial number, as a signature refers to it. */
  readonly issuerAndSerial: string;
  /** Subject key identifier, undefined without that extension. */
  readonly subjectKeyId: string | undefined;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
}

const OID_SUBJECT_KEY_ID = "551d0e";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** How certificates and signatures name a key. */
export const issuerAndSerial = (issuer: DerElement | undefined, serial: DerElement | undefined): string => {
  derMembers(issuer, DER_SEQUENCE);
  return `${hex(issuer?.whole ?? new Uint8Array(0))}:${hex(derContent(serial, DER_INTEGER))}`;
};

const subjectKeyId = (extensions: DerElement | undefined): string | undefined => {
  if (extensions === undefined) return undefined;
  const [list] = derMembers(extensions, derContext(3));
  for (const extension of derMembers(list, DER_SEQUENCE)) {
    const parts = derMembers(extension, DER_SEQUENCE);
    if (derOid(parts[0]) !== OID_SUBJECT_KEY_ID) continue;
    const [identifier] = derElements(derContent(parts.at(-1), DER_OCTET_STRING));
    return hex(derContent(identifier, DER_OCTET_STRING));
  }
  return undefined;
};

/** Reads a DER certificate (RFC 5280, 4.1); its own signature is not checked. Throws DerError. */
export const readCertificate = (bytes: Uint8Array): Certificate => {
  const [certificate] = derElements(bytes);
  const [toBeSigned] = derMembers(certificate, DER_SEQUENCE);
  const fields = derMembers(toBeSigned, DER_SEQUENCE);
  // The version is optional, and so first version certificates start with the serial number.
  const first = fields[0]?.tag === derContext(0) ? 1 : 0;
  const publicKey = fields[first + 5];
  if (publicKey?.tag !== DER_SEQUENCE) throw new DerError("no public key");
  return {
    issuerAndSerial: issuerAndSerial(fields[first + 2], fields[first]),
    subjectKeyId: subjectKeyId(fields.find(({ tag }) => tag === derContext(3))),
    publicKey: publicKey.whole,
  };
};
