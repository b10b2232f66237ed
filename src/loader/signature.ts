import { bytesToByteString } from "../base/bytes.ts";
import { EBADMSG, EKEYREJECTED, ENODATA, ENOKEY, ENOPKG } from "../base/errno.ts";
import { viewOf } from "./elf.ts";
import { LoadFailure } from "./failure.ts";
import { KERN_ERR, KERN_NOTICE } from "./host.ts";
import type { KernelBuild, LoadHost } from "./host.ts";
import { MODULE_INIT_IGNORE_MODVERSIONS, MODULE_INIT_IGNORE_VERMAGIC } from "./load-info.ts";
import { verifyPkcs7 } from "./pkcs7.ts";

/** What ends a signed module's file. */
const MARKER = "~Module signature appended~\n";
/** struct module_signature: algo, hash, id_type, signer_len, key_id_len, 3 of padding, be32 length. */
const TRAILER_SIZE = 12;
const PKEY_ID_PKCS7 = 2;

/** A signature found at the end of a file. */
export interface AppendedSignature {
  /** Length of the module proper. */
  readonly moduleLength: number;
  /** PKCS#7 SignedData in DER; a view. */
  readonly pkcs7: Uint8Array;
}

export interface SignatureResult {
  /** The module without what was appended; a view. */
  readonly bytes: Uint8Array;
  /** A trusted key signed it. */
  readonly verified: boolean;
}

const hasSignatureMarker = (bytes: Uint8Array): boolean =>
  bytes.length > MARKER.length && bytesToByteString(bytes.subarray(bytes.length - MARKER.length)) === MARKER;

/** mod_check_sig() on a file whose marker has been cut off. Throws LoadFailure. */
const readTrailer = (bytes: Uint8Array, host: Pick<LoadHost, "log">): AppendedSignature => {
  if (bytes.length <= TRAILER_SIZE) throw new LoadFailure(EBADMSG, "signature: file too short");
  const trailer = bytes.subarray(bytes.length - TRAILER_SIZE);
  const length = viewOf(trailer).getUint32(8, false);
  const end = bytes.length - TRAILER_SIZE;
  if (length >= end) throw new LoadFailure(EBADMSG, "signature: longer than the file");
  if (trailer[2] !== PKEY_ID_PKCS7) {
    const text = "module: not signed with expected PKCS#7 message";
    host.log(KERN_ERR, text);
    throw new LoadFailure(ENOPKG, text);
  }
  if (trailer.some((byte, i) => i < 8 && i !== 2 && byte !== 0)) {
    const text = "module: PKCS#7 signature info has unexpected non-zero params";
    host.log(KERN_ERR, text);
    throw new LoadFailure(EBADMSG, text);
  }
  return { moduleLength: end - length, pkcs7: bytes.subarray(end - length, end) };
};

interface Verification {
  readonly errno: number;
  readonly bytes: Uint8Array;
}

/** mod_verify_sig() of kernel/module/signing.c; the blacklist of hashes is empty. */
const verify = (
  bytes: Uint8Array,
  certificates: readonly Uint8Array[],
  host: Pick<LoadHost, "log">,
): Verification => {
  try {
    const { moduleLength, pkcs7 } = readTrailer(bytes, host);
    const module = bytes.subarray(0, moduleLength);
    return { errno: verifyPkcs7(module, pkcs7, certificates, host), bytes: module };
  } catch (error) {
    // Of the errors, only this one lets the module load all the same, as an unsigned one.
    if (error instanceof LoadFailure && error.errno === ENOPKG) return { errno: ENOPKG, bytes };
    throw error;
  }
};

const REASONS: Readonly<Record<number, string>> = {
  [ENODATA]: "unsigned module",
  [ENOPKG]: "module with unsupported crypto",
  [ENOKEY]: "module with unavailable key",
};

/**
 * module_sig_check() of kernel/module/signing.c. `trustedCertificates` are those in the kernel's
 * builtin keyring, DER; asked for only when there is a signature. Throws LoadFailure: EKEYREJECTED,
 * EBADMSG.
 */
export const checkSignature = (
  bytes: Uint8Array,
  flags: number,
  trustedCertificates: () => readonly Uint8Array[],
  build: Pick<KernelBuild, "config">,
  host: Pick<LoadHost, "log">,
): SignatureResult => {
  if (!build.config.has("MODULE_SIG")) return { bytes, verified: false };
  // A module whose versions are to be ignored is no longer the one that was signed.
  const mangled = (flags & (MODULE_INIT_IGNORE_MODVERSIONS | MODULE_INIT_IGNORE_VERMAGIC)) !== 0;
  const found: Verification =
    mangled || !hasSignatureMarker(bytes)
      ? { errno: ENODATA, bytes }
      : verify(bytes.subarray(0, bytes.length - MARKER.length), trustedCertificates(), host);
  if (found.errno === 0) return { bytes: found.bytes, verified: true };
  const reason = REASONS[found.errno];
  if (reason === undefined) throw new LoadFailure(found.errno, "signature: it does not fit the module");
  if (build.config.has("MODULE_SIG_FORCE")) {
    host.log(KERN_NOTICE, `Loading of ${reason} is rejected`);
    throw new LoadFailure(EKEYREJECTED, `loading of ${reason} is rejected`);
  }
  return { bytes: found.bytes, verified: false };
};
