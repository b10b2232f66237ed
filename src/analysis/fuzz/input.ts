import { KoboxError } from "../../base/errors.ts";

/** One thing user space does. `slot` counts the files opened so far in the same input. */
export type Operation =
  /** `path` from the target's files, by index. */
  | { readonly op: "open"; readonly file: number }
  | { readonly op: "close"; readonly slot: number }
  | { readonly op: "read"; readonly slot: number; readonly count: number }
  /** Bytes in hexadecimal. */
  | { readonly op: "write"; readonly slot: number; readonly data: string }
  | { readonly op: "seek"; readonly slot: number; readonly offset: number; readonly whence: number }
  /** A number is passed as it is, hexadecimal bytes as a buffer. */
  | {
      readonly op: "ioctl";
      readonly slot: number;
      readonly request: number;
      readonly argument: number | string;
    }
  | { readonly op: "poll"; readonly slot: number }
  /** Virtual milliseconds. */
  | { readonly op: "sleep"; readonly milliseconds: number };

/** The `call`-th fallible call since the start fails, in the way that `choice` picks of its failures. */
export interface Fault {
  readonly call: number;
  readonly choice: number;
}

/**
 * From the `ask`-th read since the start on, devices and random numbers answer with these bytes (in
 * hexadecimal), each read with as many as it reads, until they are used up. Before, `delay` virtual
 * milliseconds pass.
 */
export interface Answer {
  readonly ask: number;
  readonly data: string;
  readonly delay: number;
}

/** All that one execution depends on. */
export interface FuzzInput {
  /** Text of the module's parameters; undefined: as given on the command line. */
  readonly parameters?: string;
  /** What init returns, whatever it did. */
  readonly forced?: number;
  /** In order of `call`. */
  readonly faults: readonly Fault[];
  /** In order of `ask`. */
  readonly answers: readonly Answer[];
  /** Seed of the guest's random numbers. */
  readonly chance: number;
  readonly operations: readonly Operation[];
}

export const EMPTY: FuzzInput = { faults: [], answers: [], chance: 0, operations: [] };

/** Enough of each for any driver; a hostile file must not make an execution endless. */
export const LIMITS = {
  operations: 64,
  bytes: 8192,
  faults: 16,
  answers: 16,
  delay: 10_000,
  parameters: 4096,
} as const;

export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
export const fromHex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isBytes = (value: unknown): boolean =>
  typeof value === "string" && value.length <= LIMITS.bytes * 2 && /^([0-9a-f]{2})*$/.test(value);

const FIELDS: Readonly<Record<Operation["op"], (operation: Record<string, unknown>) => boolean>> = {
  open: ({ file }) => isCount(file),
  close: ({ slot }) => isCount(slot),
  read: ({ slot, count }) => isCount(slot) && isCount(count),
  write: ({ slot, data }) => isCount(slot) && isBytes(data),
  seek: ({ slot, offset, whence }) => isCount(slot) && Number.isSafeInteger(offset) && isCount(whence),
  ioctl: ({ slot, request, argument }) =>
    isCount(slot) && isCount(request) && (Number.isSafeInteger(argument) || isBytes(argument)),
  poll: ({ slot }) => isCount(slot),
  sleep: ({ milliseconds }) => isCount(milliseconds) && (milliseconds as number) <= LIMITS.delay,
};

const isOperation = (value: unknown): value is Operation =>
  isObject(value) &&
  typeof value["op"] === "string" &&
  FIELDS[value["op"] as Operation["op"]]?.(value) === true;

const isFault = (value: unknown): value is Fault =>
  isObject(value) && isCount(value["call"]) && isCount(value["choice"]);

const isAnswer = (value: unknown): value is Answer =>
  isObject(value) &&
  isCount(value["ask"]) &&
  isBytes(value["data"]) &&
  isCount(value["delay"]) &&
  (value["delay"] as number) <= LIMITS.delay;

const isListOf = (value: unknown, most: number, holds: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length <= most && value.every(holds);

/** Whether a value read from a file is an input that can be executed. */
export const isInput = (value: unknown): value is FuzzInput =>
  isObject(value) &&
  isCount(value["chance"]) &&
  (value["parameters"] === undefined ||
    (typeof value["parameters"] === "string" && value["parameters"].length <= LIMITS.parameters)) &&
  (value["forced"] === undefined || Number.isSafeInteger(value["forced"])) &&
  isListOf(value["faults"], LIMITS.faults, isFault) &&
  isListOf(value["answers"], LIMITS.answers, isAnswer) &&
  isListOf(value["operations"], LIMITS.operations, isOperation);

/** Errors: KoboxError "bad-input", naming `from`. */
export const parseInput = (value: unknown, from: string): FuzzInput => {
  if (isInput(value)) return value;
  throw new KoboxError("bad-input", `${from}: not an input of kobox fuzz`, {
    hint: "Use a file that kobox fuzz wrote, unchanged.",
  });
};

/** The same input has the same text, whatever the order of its fields. */
export const inputText = ({ parameters, forced, faults, answers, chance, operations }: FuzzInput): string =>
  JSON.stringify({
    ...(parameters === undefined ? {} : { parameters }),
    ...(forced === undefined ? {} : { forced }),
    faults,
    answers,
    chance,
    operations,
  });
