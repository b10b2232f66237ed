/** A device described in JSON: docs/device.md, docs/device.schema.json. */
import { readFileSync } from "node:fs";
import { KoboxError } from "../base/errors.ts";
import type { DeclaredDevice, DeclaredResource } from "../kernel/devices/declared.ts";
import type { AccessSize } from "../kernel/devices/model.ts";
import type { PropertyValue } from "../kernel/devices/properties.ts";
import { type RegisterValues, registerModel } from "../kernel/devices/register-model.ts";
import type { Kernel } from "../kernel/kernel.ts";

type Json = Readonly<Record<string, unknown>>;

const wrong = (what: string): KoboxError =>
  new KoboxError("usage", what, { hint: "docs/device.md says what a device file holds." });

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A number, or its text in C's notation: JSON has no hexadecimal. */
const wide = (value: unknown, what: string): bigint => {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  if (typeof value === "string" && /^(0x[0-9a-f]+|\d+)$/i.test(value)) return BigInt(value);
  throw wrong(`${what} is no number: ${JSON.stringify(value)}`);
};
const number = (value: unknown, what: string, most = Number.MAX_SAFE_INTEGER): number => {
  const read = wide(value, what);
  if (read > BigInt(most)) throw wrong(`${what} is too large: ${read}`);
  return Number(read);
};

const list = (value: unknown, what: string): readonly unknown[] => {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw wrong(`${what} is no list`);
  return value;
};

const onlyKeys = (object: Json, known: readonly string[], what: string): void => {
  const odd = Object.keys(object).find((key) => !known.includes(key));
  if (odd !== undefined) throw wrong(`${what} has an unknown field "${odd}"`);
};

const values = (given: unknown, what: string): RegisterValues => {
  if (given === undefined) return new Map();
  if (!isObject(given)) throw wrong(`${what} is no object of values by offset`);
  return new Map(
    Object.entries(given).map(([offset, value]) => [number(offset, what), wide(value, `${what} ${offset}`)]),
  );
};

const WIDTHS: readonly number[] = [1, 2, 4, 8];
const REGION = ["name", "start", "size", "width", "contents", "constants"];
/** Addresses that a machine's bus has. */
const MAX_ADDRESS = 2 ** 46;

const region = (k: Kernel, kind: "mem" | "io", given: unknown): DeclaredResource => {
  const what = kind === "mem" ? "registers" : "ports";
  if (!isObject(given)) throw wrong(`${what}: no object`);
  onlyKeys(given, REGION, what);
  const width = number(given["width"] ?? (kind === "mem" ? 4 : 1), `${what}.width`);
  if (!WIDTHS.includes(width)) throw wrong(`${what}.width is none of ${WIDTHS.join(", ")}`);
  const most = kind === "mem" ? MAX_ADDRESS : 0x10000;
  const [start, size] = [
    number(given["start"], `${what}.start`, most - 1),
    number(given["size"], `${what}.size`, most),
  ];
  if (size === 0 || start + size > most) throw wrong(`${what}: ${size} bytes from ${start} are no region`);
  const model = registerModel(k.journal, {
    size,
    width: width as AccessSize,
    contents: values(given["contents"], `${what}.contents`),
    constants: values(given["constants"], `${what}.constants`),
  });
  const { name } = given;
  return { kind, start, size, model, ...(typeof name === "string" ? { name } : {}) };
};

const bytes = (given: unknown): Uint8Array => {
  if (typeof given !== "string" || !/^([0-9a-f]{2}\s*)*$/i.test(given))
    throw wrong("platformData is no text of hexadecimal bytes");
  return Uint8Array.from(Buffer.from(given.replaceAll(/\s/g, ""), "hex"));
};

const isScalar = (value: unknown): boolean =>
  typeof value === "string" || (typeof value === "number" && Number.isSafeInteger(value));

const properties = (given: unknown): Readonly<Record<string, PropertyValue>> => {
  if (!isObject(given)) throw wrong("properties is no object");
  for (const [name, value] of Object.entries(given)) {
    const fits = Array.isArray(value) ? value.every(isScalar) : typeof value === "boolean" || isScalar(value);
    if (!fits) throw wrong(`property ${name} is neither a boolean, a number, a text, nor a list of these`);
  }
  return given as Readonly<Record<string, PropertyValue>>;
};

const DEVICE = ["$schema", "name", "id", "registers", "ports", "irqs", "properties", "platformData"];

/** The device that parsed JSON describes. KoboxError "usage" where it does not. */
export const deviceFromJson = (k: Kernel, given: unknown): DeclaredDevice => {
  if (!isObject(given)) throw wrong("a device file holds one object");
  onlyKeys(given, DEVICE, "the device");
  const { name, id } = given;
  if (typeof name !== "string" || !/^[^/\0]{1,63}$/.test(name)) throw wrong("the device has no usable name");
  return {
    name,
    ...(id === undefined ? {} : { id: number(id, "id", 0x7fff_ffff) }),
    resources: [
      ...list(given["registers"], "registers").map((each) => region(k, "mem", each)),
      ...list(given["ports"], "ports").map((each) => region(k, "io", each)),
      ...list(given["irqs"], "irqs").map((each) => ({
        kind: "irq" as const,
        irq: number(each, "irqs", 255),
      })),
    ],
    ...(given["properties"] === undefined ? {} : { properties: properties(given["properties"]) }),
    ...(given["platformData"] === undefined ? {} : { platformData: bytes(given["platformData"]) }),
  };
};

/** The same; errors name where the JSON is from. */
export const describedDevice = (k: Kernel, given: unknown, from: string): DeclaredDevice => {
  try {
    return deviceFromJson(k, given);
  } catch (error) {
    throw error instanceof KoboxError ? wrong(`${from}: ${error.message}`) : error;
  }
};

/** What a device file holds, not yet looked at. KoboxError when it cannot be read, or is no JSON. */
export const readDescription = (path: string): unknown => {
  const text = readText(path);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new KoboxError("usage", `${path}: no JSON: ${(cause as Error).message}`, { cause });
  }
};

/** The device a file describes. KoboxError when it cannot be read, or describes none. */
export const readDeviceFile = (k: Kernel, path: string): DeclaredDevice =>
  describedDevice(k, readDescription(path), path);

const readText = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new KoboxError("unreadable", `${path}: cannot be read`, { cause });
  }
};
