import { expect, it } from "vitest";
import { AEADS, CIPHERS, HASHES } from "../../../src/kernel/crypto/builtin.ts";
import { cipherMessage, openMessage, sealMessage } from "../../../src/kernel/crypto/host-cipher.ts";
import { hmac, nodeHash, xxhash64 } from "../../../src/kernel/crypto/host-hash.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));
const ascii = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "latin1"));

// Vectors of the algorithms' own specifications: RFC 2202, FIPS 197/SP 800-38A, xxHash, RFC 8439, GCM's paper.
it("hmac takes keys of any length", () => {
  const start = () => nodeHash("md5");
  expect(
    hex(
      hmac(start, 64, new Uint8Array(80).fill(0xaa))
        .update(ascii("Test Using Larger Than Block-Size Key - Hash Key First"))
        .digest(),
    ),
  ).toBe("6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd");
});

it("xxhash64 of nothing, of little and of more than a stripe", () => {
  expect(hex(xxhash64().digest().reverse())).toBe("ef46db3751d8e999");
  expect(hex(xxhash64().update(ascii("abc")).digest().reverse())).toBe("44bc2cf5ad770999");
  expect(
    hex(xxhash64().update(ascii("xxhash is a fast hash, ")).update(ascii("of more than 32 bytes")).digest()),
  ).toHaveLength(16);
});

it("cbc chains through the IV", () => {
  const aes = CIPHERS.get("cbc(aes)")!;
  const key = bytes("2b7e151628aed2a6abf7158809cf4f3c");
  const iv = bytes("000102030405060708090a0b0c0d0e0f");
  const done = cipherMessage(aes, key, iv, bytes("6bc1bee22e409f96e93d7e117393172a"), "encrypt");
  expect(hex(done.data)).toBe("7649abac8119b246cee98e9b12e9197d");
  expect(hex(done.iv)).toBe("7649abac8119b246cee98e9b12e9197d");
});

it("ctr counts the blocks it has used", () => {
  const ctr = CIPHERS.get("ctr(aes)")!;
  const key = bytes("2b7e151628aed2a6abf7158809cf4f3c");
  const done = cipherMessage(
    ctr,
    key,
    bytes("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"),
    bytes("6bc1bee22e409f96e93d7e117393172a"),
    "encrypt",
  );
  expect(hex(done.data)).toBe("874d6191b620e3261bef6864990db6ce");
  expect(hex(done.iv)).toBe("f0f1f2f3f4f5f6f7f8f9fafbfcfdff00");
});

it.each([...AEADS.keys()])("%s opens what it sealed, and nothing else", (name) => {
  const aead = AEADS.get(name)!;
  const message = {
    key: new Uint8Array(aead.keys.at(-1)!).fill(7),
    iv: Uint8Array.from({ length: aead.iv }, (_, index) => (index === 0 ? 3 : index)),
    associated: ascii("header"),
    data: ascii("the message itself"),
    authSize: 16,
  };
  const sealed = sealMessage(aead, message);
  const [body, tag] = [sealed.subarray(0, -16), sealed.slice(-16)];
  expect(openMessage(aead, { ...message, data: body }, tag)).toEqual(message.data);
  tag[3]! ^= 1;
  expect(openMessage(aead, { ...message, data: body }, tag)).toBeUndefined();
});

it.each([...HASHES.keys()])("%s has digests as long as it says", (name) => {
  const { start, digest } = HASHES.get(name)!;
  if (typeof start === "function") expect(start().update(ascii("abc")).digest()).toHaveLength(digest);
  else expect(start.bytes).toBe(digest);
});

it.each([...CIPHERS.keys()])("%s decrypts what it encrypted, with every key size", (name) => {
  const cipher = CIPHERS.get(name)!;
  for (const size of cipher.keys) {
    const key = Uint8Array.from({ length: size }, (_, index) => index * 3 + 1);
    const iv = new Uint8Array(cipher.iv).fill(9);
    const data = Uint8Array.from({ length: 48 }, (_, index) => index);
    const sealed = cipherMessage(cipher, key, iv, data, "encrypt");
    expect(sealed.data).not.toEqual(data);
    expect(cipherMessage(cipher, key, iv, sealed.data, "decrypt").data).toEqual(data);
  }
});
