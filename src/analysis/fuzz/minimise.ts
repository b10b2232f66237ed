import { type FuzzInput, type Operation, fromHex, toHex } from "./input.ts";

/** Smaller variants of an input, the boldest first. */
function* smaller(input: FuzzInput): Generator<FuzzInput> {
  const { operations, faults, answers } = input;
  for (let length = operations.length >> 1; length >= 1; length >>= 1) {
    for (let at = 0; at + length <= operations.length; at += length) {
      yield { ...input, operations: [...operations.slice(0, at), ...operations.slice(at + length)] };
    }
  }
  for (let at = 0; at < faults.length; at += 1) {
    yield { ...input, faults: faults.filter((_, index) => index !== at) };
  }
  for (let at = 0; at < answers.length; at += 1) {
    yield { ...input, answers: answers.filter((_, index) => index !== at) };
  }
  if (input.chance !== 0) yield { ...input, chance: 0 };
  const words = input.parameters?.split(" ") ?? [];
  for (let at = 0; at < words.length; at += 1) {
    yield { ...input, parameters: words.filter((_, index) => index !== at).join(" ") };
  }
  for (const [at, answer] of answers.entries()) {
    if (answer.delay > 0) yield { ...input, answers: answers.with(at, { ...answer, delay: 0 }) };
    for (const data of smallerBytes(answer.data, 0))
      yield { ...input, answers: answers.with(at, { ...answer, data }) };
  }
  for (const [at, operation] of operations.entries()) {
    for (const less of smallerOperations(operation))
      yield { ...input, operations: operations.with(at, less) };
  }
}

/** Shorter, or with one byte more that is `plain`. */
function* smallerBytes(text: string, plain: number): Generator<string> {
  const bytes = fromHex(text);
  for (const length of [0, bytes.length >> 1, bytes.length - 8, bytes.length - 1]) {
    if (length >= 0 && length < bytes.length) yield toHex(bytes.subarray(0, length));
  }
  const other = bytes.findIndex((byte) => byte !== plain);
  if (other >= 0) yield toHex(bytes.with(other, plain));
}

/** "0": a text stays one. */
const DIGIT = 0x30;

function* smallerOperations(operation: Operation): Generator<Operation> {
  if (operation.op === "write") {
    for (const data of smallerBytes(operation.data, DIGIT)) yield { ...operation, data };
  } else if (operation.op === "ioctl" && typeof operation.argument === "string") {
    for (const argument of smallerBytes(operation.argument, DIGIT)) yield { ...operation, argument };
  } else if (operation.op === "read" && operation.count > 1)
    yield { ...operation, count: operation.count >> 1 };
}

/** The smallest input found within so many tries for which `shows` still holds. */
export const minimise = (
  input: FuzzInput,
  shows: (candidate: FuzzInput) => boolean,
  tries: number,
): FuzzInput => {
  let best = input;
  let left = tries;
  for (let found = true; found && left > 0;) {
    found = false;
    for (const candidate of smaller(best)) {
      if (left <= 0) break;
      left -= 1;
      if (!shows(candidate)) continue;
      best = candidate;
      found = true;
      break;
    }
  }
  return best;
};
