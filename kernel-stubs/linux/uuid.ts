/** include/linux/uuid.h, as lib/uuid.c does it. */
import type { Address } from "../../src/base/address.ts";
import { EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub, variable } from "../../src/stub/declare.ts";

/** Where byte i of the text goes: a GUID has its first three fields in little endian. */
const GUID_ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
const UUID_ORDER = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
const UUID_TEXT = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const UUID_STRING_LEN = 36;

const parse = (k: Kernel, text: Address, target: Address, order: readonly number[]): number => {
  const given = k.memory.cstring(text, UUID_STRING_LEN);
  if (!UUID_TEXT.test(given)) throw new Errno(EINVAL);
  const bytes = Buffer.from(given.replaceAll("-", ""), "hex");
  k.memory.write(
    target,
    Uint8Array.from(bytes.keys(), (index) => bytes[order.indexOf(index)] ?? 0),
  );
  return 0;
};

/** Version 4, DCE variant; `versionByte`: where the version stands. */
const generate = (k: Kernel, target: Address, versionByte: number): void => {
  const bytes = k.random.bytes(16);
  bytes[versionByte] = ((bytes[versionByte] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  k.memory.write(target, bytes);
};

export const guidGen = stub("void guid_gen(guid_t *lu)", (k, { lu }) => generate(k, lu, 7));
export const uuidGen = stub("void uuid_gen(uuid_t *bu)", (k, { bu }) => generate(k, bu, 6));
export const generateRandomUuid = stub("void generate_random_uuid(unsigned char *uuid)", (k, { uuid }) =>
  generate(k, uuid, 6),
);
export const generateRandomGuid = stub("void generate_random_guid(unsigned char *guid)", (k, { guid }) =>
  generate(k, guid, 7),
);

export const uuidIsValid = stub("bool uuid_is_valid(const char *uuid)", (k, { uuid }) =>
  UUID_TEXT.test(k.memory.cstring(uuid, UUID_STRING_LEN)),
);

export const guidParse = stub(
  "int guid_parse(const char *uuid, guid_t *u)",
  { fails: ["EINVAL"] },
  (k, { uuid, u }) => parse(k, uuid, u, GUID_ORDER),
);
export const uuidParse = stub(
  "int uuid_parse(const char *uuid, uuid_t *u)",
  { fails: ["EINVAL"] },
  (k, { uuid, u }) => parse(k, uuid, u, UUID_ORDER),
);

export const guidNull = variable("const guid_t guid_null", () => {});
export const uuidNull = variable("const uuid_t uuid_null", () => {});
