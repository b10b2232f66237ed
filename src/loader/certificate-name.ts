import { DER_INTEGER, DER_SEQUENCE, DER_SET, type DerElement } from "./der.ts";
import { derContent, derContext, derElements, derMembers, derOid } from "./der.ts";
import { readCertificate } from "./certificate.ts";

const [OID_CN, OID_O, OID_EMAIL] = ["550403", "55040a", "2a864886f70d010901"];
/** So many characters of a common name that are those of its organisation make the organisation superfluous. */
const TELLING = 7;

/** Attributes of a name, by object identifier; the last of a kind counts. */
const attributes = (name: DerElement | undefined): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const set of derMembers(name, DER_SEQUENCE)) {
    for (const pair of derMembers(set, DER_SET)) {
      const [type, value] = derMembers(pair, DER_SEQUENCE);
      if (type === undefined || value === undefined) continue;
      found.set(derOid(type), Buffer.from(derContent(value, value.tag)).toString("latin1"));
    }
  }
  return found;
};

/** x509_fabricate_name() of crypto/asymmetric_keys/x509_cert_parser.c. */
const fabricate = (name: DerElement | undefined): string => {
  const found = attributes(name);
  const [common, organisation] = [found.get(OID_CN) ?? "", found.get(OID_O) ?? ""];
  if (common === "") return organisation === "" ? (found.get(OID_EMAIL) ?? "") : organisation;
  if (organisation === "" || common.startsWith(organisation)) return common;
  const telling = organisation.length >= TELLING && common.startsWith(organisation.slice(0, TELLING));
  return telling ? common : `${organisation}: ${common}`;
};

/** How the kernel calls a key that comes as a DER certificate: "subject: identifier in hex". Throws DerError. */
export const certificateName = (bytes: Uint8Array): string => {
  const { subjectKeyId } = readCertificate(bytes);
  const [certificate] = derElements(bytes);
  const [toBeSigned] = derMembers(certificate, DER_SEQUENCE);
  const fields = derMembers(toBeSigned, DER_SEQUENCE);
  const first = fields[0]?.tag === derContext(0) ? 1 : 0;
  const serial = Buffer.from(derContent(fields[first], DER_INTEGER)).toString("hex");
  return `${fabricate(fields[first + 4])}: ${subjectKeyId ?? serial}`;
};
