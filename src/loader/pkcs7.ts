import { EBADMSG, EKEYREJECTED, ENOKEY, ENOPKG } from "../base/errno.ts";
import { issuerAndSerial, readCertificate } from "./certificate.ts";
import type { Certificate } from "./certificate.ts";
import { DER_INTEGER, DER_OCTET_STRING, DER_SEQUENCE, DER_SET, DerError } from "./der.ts";
import { derContent, derContext, derElements, derMembers, derOid } from "./der.ts";
import type { DerElement } from "./der.ts";
import { LoadFailure } from "./failure.ts";
import { KERN_ERR, KERN_WARNING } from "./host.ts";
import type { LoadHost } from "./host.ts";

const OID_SIGNED_DATA = "2a864886f70d010702";
const OID_DATA = "2a864886f70d010701";

const DIGESTS: Readonly<Record<string, string>> = {
  "2b0e03021a": "sha1",
  "608648016503040201": "sha256",
  "608648016503040202": "sha384",
  "608648016503040203": "sha512",
  "608648016503040204": "sha224",
};

/** One SignerInfo (RFC 2315, 9.2). */
interface Signer {
  /** issuerAndSerial(), or the subject key identifier in hex. */
  readonly id: string;
  /** As node names it; undefined for what the kernel would have no module for. */
  readonly digest: string | undefined;
  readonly signature: Uint8Array;
  readonly hasAttributes: boolean;
}

interface Message {
  readonly contentType: string;
  readonly detached: boolean;
  readonly signers: readonly Signer[];
}

const readSigner = (element: DerElement): Signer => {
  const [version, id, digest, ...rest] = derMembers(element, DER_SEQUENCE);
  derContent(version, DER_INTEGER);
  const [issuer, serial] = id?.tag === DER_SEQUENCE ? derMembers(id, DER_SEQUENCE) : [];
  const keyId = id?.tag === 0x80 ? Buffer.from(id.content).toString("hex") : undefined;
  const hasAttributes = rest[0]?.tag === derContext(0);
  const [algorithm, signature] = hasAttributes ? rest.slice(1) : rest;
  derMembers(algorithm, DER_SEQUENCE);
  return {
    id: keyId ?? issuerAndSerial(issuer, serial),
    digest: DIGESTS[derOid(derMembers(digest, DER_SEQUENCE)[0])],
    signature: derContent(signature, DER_OCTET_STRING),
    hasAttributes,
  };
};

const readMessage = (bytes: Uint8Array): Message => {
  const [outer, ...trailing] = derElements(bytes);
  if (trailing.length > 0) throw new DerError("trailing data");
  const [type, wrapped] = derMembers(outer, DER_SEQUENCE);
  if (derOid(type) !== OID_SIGNED_DATA) throw new DerError("not signed data");
  const [signedData] = derMembers(wrapped, derContext(0));
  const [version, digests, content, ...rest] = derMembers(signedData, DER_SEQUENCE);
  derContent(version, DER_INTEGER);
  derMembers(digests, DER_SET);
  const [contentType, data] = derMembers(content, DER_SEQUENCE);
  return {
    contentType: derOid(contentType),
    detached: data === undefined,
    signers: derMembers(rest.at(-1), DER_SET).map(readSigner),
  };
};

const parse = (bytes: Uint8Array): Message => {
  try {
    return readMessage(bytes);
  } catch (error) {
    if (error instanceof DerError) throw new LoadFailure(EBADMSG, `signature: ${error.message}`);
    throw error;
  }
};

/** A trusted certificate that cannot be read is one the kernel would not have either. */
const readTrusted = (certificates: readonly Uint8Array[]): Certificate[] =>
  certificates.flatMap((bytes) => {
    try {
      return [readCertificate(bytes)];
    } catch {
      return [];
    }
  });

const signatureFits = (signer: Signer, data: Uint8Array, key: Certificate): boolean => {
  // Loaded only here: most modules are unsigned, and it is a large part of node.
  const crypto = process.getBuiltinModule("node:crypto");
  try {
    const publicKey = crypto.createPublicKey({
      key: Buffer.from(key.publicKey),
      format: "der",
      type: "spki",
    });
    return crypto.verify(signer.digest, data, publicKey, signer.signature);
  } catch {
    return false;
  }
};

/** pkcs7_validate_trust_one(), for signers whose certificate is not in the message. */
const signerErrno = (signer: Signer, data: Uint8Array, trusted: readonly Certificate[]): number => {
  if (signer.digest === undefined) return ENOPKG;
  const key = trusted.find((one) => one.issuerAndSerial === signer.id || one.subjectKeyId === signer.id);
  if (key === undefined) return ENOKEY;
  return signatureFits(signer, data, key) ? 0 : EKEYREJECTED;
};

const reject = (host: Pick<LoadHost, "log">, level: number, errno: number, text: string): never => {
  host.log(level, text);
  throw new LoadFailure(errno, text);
};

/**
 * verify_pkcs7_signature() for module signatures (crypto/asymmetric_keys/pkcs7_verify.c and
 * pkcs7_trust.c). 0 when a trusted key signed `data`, else a positive errno: ENOKEY, ENOPKG,
 * EKEYREJECTED. Certificates carried in the message are not followed. LoadFailure for a message
 * that is malformed or of the wrong kind.
 */
export const verifyPkcs7 = (
  data: Uint8Array,
  signature: Uint8Array,
  trustedCertificates: readonly Uint8Array[],
  host: Pick<LoadHost, "log">,
): number => {
  const message = parse(signature);
  if (!message.detached) reject(host, KERN_ERR, EBADMSG, "PKCS#7 signature with non-detached data");
  if (message.contentType !== OID_DATA) {
    reject(host, KERN_WARNING, EKEYREJECTED, "PKCS7: Invalid module sig (not pkcs7-data)");
  }
  if (message.signers.some(({ hasAttributes }) => hasAttributes)) {
    reject(host, KERN_WARNING, EKEYREJECTED, "PKCS7: Invalid module sig (has authattrs)");
  }
  const trusted = readTrusted(trustedCertificates);
  const results = message.signers.map((signer) => signerErrno(signer, data, trusted));
  for (const errno of [EKEYREJECTED, 0, ENOPKG]) if (results.includes(errno)) return errno;
  return ENOKEY;
};
