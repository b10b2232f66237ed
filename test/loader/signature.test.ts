import { generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { EBADMSG, EKEYREJECTED } from "../../src/base/errno.ts";
import { LoadFailure } from "../../src/loader/failure.ts";
import { MODULE_INIT_IGNORE_VERMAGIC } from "../../src/loader/load-info.ts";
import { checkSignature } from "../../src/loader/signature.ts";
import { context, der, integer, octets, oid, sequence, setOf } from "../support/der-writer.ts";
import { debianBuild, moduleFile, recordingHost } from "../support/load-host.ts";
import { seededRandom } from "../support/mutator.ts";

const module = Buffer.from(moduleFile("loader/fixtures/l_image.ko"));
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });

const OID = {
  data: "2a864886f70d010701",
  signedData: "2a864886f70d010702",
  sha256: "608648016503040201",
  md5: "2a864886f70d0205",
  rsa: "2a864886f70d010101",
  commonName: "550403",
  subjectKeyId: "551d0e",
} as const;

const issuer = sequence(setOf(sequence(oid(OID.commonName), der(0x0c, Buffer.from("a key of this test")))));
const serial = integer(1, 2, 3);
const keyId = Buffer.from("0102030405", "hex");

const certificate = sequence(
  sequence(
    context(0, integer(2)),
    serial,
    sequence(oid(OID.rsa)),
    issuer,
    sequence(),
    issuer,
    publicKey.export({ type: "spki", format: "der" }),
    context(3, sequence(sequence(oid(OID.subjectKeyId), octets(octets(keyId))))),
  ),
  sequence(oid(OID.rsa)),
  der(0x03, Buffer.from([0])),
);

interface MessageOptions {
  readonly digest?: string;
  readonly contentType?: string;
  readonly signer?: Buffer;
  readonly attributes?: Buffer;
  readonly content?: Buffer;
  readonly signature?: Buffer;
}

const message = (options: MessageOptions = {}): Buffer => {
  const digest = sequence(oid(options.digest ?? OID.sha256));
  const signerInfo = sequence(
    integer(1),
    options.signer ?? sequence(issuer, serial),
    digest,
    options.attributes ?? Buffer.alloc(0),
    sequence(oid(OID.rsa), der(0x05)),
    octets(options.signature ?? sign("sha256", module, privateKey)),
  );
  const content = sequence(oid(options.contentType ?? OID.data), options.content ?? Buffer.alloc(0));
  return sequence(
    oid(OID.signedData),
    context(0, sequence(integer(1), setOf(digest), content, setOf(signerInfo))),
  );
};

const append = (file: Buffer, pkcs7: Buffer): Buffer => {
  const trailer = Buffer.alloc(12);
  trailer[2] = 2;
  trailer.writeUInt32BE(pkcs7.length, 8);
  return Buffer.concat([file, pkcs7, trailer, Buffer.from("~Module signature appended~\n")]);
};

const check = (file: Buffer, options: { trusted?: Uint8Array[]; flags?: number; build?: string[] } = {}) => {
  const host = recordingHost();
  const build = options.build === undefined ? debianBuild() : { config: new Set(options.build) };
  try {
    const trusted = options.trusted ?? [certificate];
    const { bytes, verified } = checkSignature(file, options.flags ?? 0, () => trusted, build, host);
    return { errno: 0, verified, length: bytes.length, lines: host.lines };
  } catch (error) {
    if (!(error instanceof LoadFailure)) throw error;
    return { errno: error.errno, verified: false, length: 0, lines: host.lines };
  }
};

const signed = append(module, message());

describe("a signature", () => {
  test("by a trusted key is verified, and cut off", () => {
    expect(check(signed)).toEqual({ errno: 0, verified: true, length: module.length, lines: [] });
  });

  test("may name its key by identifier", () => {
    expect(check(append(module, message({ signer: der(0x80, keyId) }))).verified).toBe(true);
  });

  test("that does not fit is rejected", () => {
    const changed = Buffer.from(signed);
    changed[1000]! ^= 1;
    expect(check(changed)).toMatchObject({ errno: EKEYREJECTED, lines: [] });
  });

  test("by an unknown key, or with an unknown digest, is none", () => {
    expect(check(signed, { trusted: [] })).toMatchObject({
      errno: 0,
      verified: false,
      length: module.length,
    });
    expect(check(append(module, message({ digest: OID.md5 })))).toMatchObject({ errno: 0, verified: false });
    expect(check(signed, { trusted: [Buffer.from("not a certificate")] }).verified).toBe(false);
  });

  test("is not looked at when versions are to be ignored", () => {
    const result = check(signed, { flags: MODULE_INIT_IGNORE_VERMAGIC });
    expect(result).toMatchObject({ errno: 0, verified: false, length: signed.length });
  });

  test("of the wrong kind is rejected with a word", () => {
    expect(check(append(module, message({ contentType: OID.signedData })))).toMatchObject({
      errno: EKEYREJECTED,
      lines: ["<4>PKCS7: Invalid module sig (not pkcs7-data)"],
    });
    expect(check(append(module, message({ attributes: context(0) })))).toMatchObject({
      errno: EKEYREJECTED,
      lines: ["<4>PKCS7: Invalid module sig (has authattrs)"],
    });
    expect(check(append(module, message({ content: context(0, octets(module)) })))).toMatchObject({
      errno: EBADMSG,
      lines: ["<3>PKCS#7 signature with non-detached data"],
    });
  });
});

test("a kernel that insists on signatures says why it rejects", () => {
  const build = ["MODULE_SIG", "MODULE_SIG_FORCE"];
  expect(check(module, { build })).toMatchObject({
    errno: EKEYREJECTED,
    lines: ["<5>Loading of unsigned module is rejected"],
  });
  expect(check(signed, { build, trusted: [] }).lines).toEqual([
    "<5>Loading of module with unavailable key is rejected",
  ]);
  expect(check(signed, { build }).verified).toBe(true);
});

test("a kernel without signatures leaves the file whole", () => {
  expect(check(signed, { build: [] })).toMatchObject({ verified: false, length: signed.length });
});

test("damaged messages end in an errno", () => {
  const good = message();
  const random = seededRandom(3);
  for (let i = 0; i < 500; i += 1) {
    const bad = Buffer.from(good);
    for (let n = random(4); n >= 0; n -= 1) bad[random(bad.length)] = random(256);
    expect([0, EBADMSG, EKEYREJECTED]).toContain(check(append(module, bad)).errno);
    expect(check(append(module, good.subarray(0, random(good.length)))).verified).toBe(false);
  }
});
