import type { Random } from "../../kernel/random.ts";
import { EDGES, mutateBytes, pick } from "./bytes.ts";
import type { Circumstances } from "./circumstances.ts";
import { type Dictionary, ioctlSize } from "./dictionary.ts";
import {
  type Answer,
  EMPTY,
  type Fault,
  type FuzzInput,
  LIMITS,
  type Operation,
  fromHex,
  toHex,
} from "./input.ts";
import { type ParameterField, mutateParameters } from "./parameters.ts";
import type { FuzzTarget } from "./target.ts";

/** What is known of a target, to make sensible inputs for it. */
export interface TargetKnowledge {
  readonly target: FuzzTarget;
  readonly dictionary: Dictionary;
  readonly parameters: readonly ParameterField[];
  /** Files that operations may open. */
  readonly files: readonly string[];
  readonly circumstances: Pick<Circumstances, "fallible" | "asked">;
}

const FORCED = [
  -1, -4095, -4096, -4097, 1, 2, 255, 4095, 65536, 2147483647, -2147483648, -12, -22, -19,
] as const;

const chance = (random: Random, percent: number): boolean => random.below(100) < percent;

/** Adds, drops or moves one failure; most executions fail in few places. */
const mutateFaults = (faults: readonly Fault[], random: Random, fallible: number): readonly Fault[] => {
  if (fallible === 0) return faults;
  const kept = faults.filter(() => !chance(random, 40));
  const fresh = { call: random.below(fallible + 2), choice: random.below(8) };
  return [...kept.filter(({ call }) => call !== fresh.call), fresh]
    .sort((a, b) => a.call - b.call)
    .slice(0, LIMITS.faults);
};

const DELAYS = [1, 10, 100, 1000, LIMITS.delay] as const;

/** The first reads decide most; loops that wait for a device make thousands. */
const anyAsk = (random: Random, asked: number): number =>
  random.below((chance(random, 50) ? Math.min(asked, 8) : asked) + 2);

const anyDelay = (random: Random): number => (chance(random, 25) ? (pick(random, DELAYS) ?? 0) : 0);

/** Registers are short, and full of flags. */
const anyAnswer = (random: Random, { words }: Dictionary, asked: number): Answer => ({
  ask: anyAsk(random, asked),
  data: chance(random, 5) ? "" : toHex(mutateBytes(new Uint8Array(1 << random.below(4)), random, words)),
  delay: anyDelay(random),
});

/** Adds, drops or changes one answer. */
const mutateAnswers = (
  answers: readonly Answer[],
  random: Random,
  { dictionary, circumstances }: TargetKnowledge,
): readonly Answer[] => {
  const asked = circumstances.asked();
  if (asked === 0) return answers;
  const old = chance(random, 60) ? pick(random, answers) : undefined;
  const fresh =
    old === undefined
      ? anyAnswer(random, dictionary, asked)
      : {
          ...old,
          data: toHex(mutateBytes(fromHex(old.data), random, dictionary.words)),
          delay: old.delay === 0 ? anyDelay(random) : old.delay,
        };
  return answers
    .filter(({ ask }) => ask !== fresh.ask && !chance(random, 20))
    .concat(fresh)
    .sort((a, b) => a.ask - b.ask)
    .slice(0, LIMITS.answers);
};

const anyData = (random: Random, { words }: Dictionary): string =>
  toHex(mutateBytes(pick(random, words) ?? new Uint8Array(random.below(32)), random, words));

const anyIoctl = (random: Random, dictionary: Dictionary, slot: number): Operation => {
  const known = pick(random, dictionary.requests);
  const request = known === undefined || chance(random, 10) ? random.u32() : known;
  const size = ioctlSize(request);
  const argument = chance(random, 20)
    ? (pick(random, EDGES) ?? 0)
    : toHex(mutateBytes(new Uint8Array(size === 0 ? 8 : size), random, dictionary.words));
  return { op: "ioctl", slot, request, argument };
};

const COUNTS = [0, 1, 8, 64, 100, 4096, 65536, 0x7ffff000] as const;

const anyOperation = (random: Random, known: TargetKnowledge, slots: number): Operation => {
  const slot = random.below(Math.max(slots, 1));
  const { kind } = known.target;
  if (kind === "ioctl" && chance(random, 80)) return anyIoctl(random, known.dictionary, slot);
  switch (random.below(kind === "sequence" ? 10 : 7)) {
    case 0:
    case 1:
    case 2:
      return { op: "write", slot, data: anyData(random, known.dictionary) };
    case 3:
    case 4:
      return { op: "read", slot, count: pick(random, COUNTS) ?? 0 };
    case 5:
      return { op: "seek", slot, offset: pick(random, EDGES) ?? 0, whence: random.below(3) };
    case 6:
      return kind === "file" ? { op: "poll", slot } : anyIoctl(random, known.dictionary, slot);
    case 7:
      return { op: "open", file: random.below(Math.max(known.files.length, 1)) };
    case 8:
      return { op: "close", slot };
    default:
      return { op: "sleep", milliseconds: pick(random, [1, 4, 20, 100, 1000]) ?? 1 };
  }
};

const mutateOperation = (operation: Operation, random: Random, known: TargetKnowledge): Operation => {
  const { words } = known.dictionary;
  switch (operation.op) {
    case "write":
      return { ...operation, data: toHex(mutateBytes(fromHex(operation.data), random, words)) };
    case "read":
      return { ...operation, count: pick(random, COUNTS) ?? 0 };
    case "ioctl": {
      const { argument } = operation;
      if (typeof argument === "string" && !chance(random, 10))
        return { ...operation, argument: toHex(mutateBytes(fromHex(argument), random, words)) };
      return anyIoctl(random, known.dictionary, operation.slot);
    }
    default:
      return anyOperation(random, known, "slot" in operation ? operation.slot + 1 : 1);
  }
};

const mutateOperations = (
  operations: readonly Operation[],
  random: Random,
  known: TargetKnowledge,
): readonly Operation[] => {
  const out = [...operations];
  const slots = out.filter(({ op }) => op === "open").length;
  const at = random.below(out.length + 1);
  const there = out[at];
  const action = random.below(10);
  if (action < 5 && there !== undefined && there.op !== "open")
    out[at] = mutateOperation(there, random, known);
  else if (action < 8) out.splice(Math.max(at, 1), 0, anyOperation(random, known, slots));
  else if (action < 9 && there !== undefined && at > 0) out.splice(at, 1);
  else if (there !== undefined) out.splice(at, 0, there);
  return out.slice(0, LIMITS.operations);
};

/** Operations of two inputs, one after the other's beginning. */
const cross = (
  first: readonly Operation[],
  second: readonly Operation[],
  random: Random,
): readonly Operation[] =>
  [...first.slice(0, random.below(first.length + 1)), ...second.slice(random.below(second.length + 1))].slice(
    0,
    LIMITS.operations,
  );

/** A changed copy of `input`; `other`: another one of the corpus. */
export const mutate = (
  input: FuzzInput,
  other: FuzzInput,
  random: Random,
  known: TargetKnowledge,
): FuzzInput => {
  const { kind } = known.target;
  let out = input;
  const faults = chance(random, kind === "init" ? 90 : 15);
  if (faults) out = { ...out, faults: mutateFaults(out.faults, random, known.circumstances.fallible()) };
  if (kind !== "return" && chance(random, 40))
    out = { ...out, answers: mutateAnswers(out.answers, random, known) };
  if (chance(random, 10)) out = { ...out, chance: random.below(2 ** 31) };
  if (kind === "params") out = { ...out, parameters: mutateParameters(out.parameters ?? "", random, known) };
  if (kind === "return")
    out = { ...out, forced: chance(random, 60) ? (pick(random, FORCED) ?? 0) : random.u32() | 0 };
  if (out.operations.length > 0) {
    const from = chance(random, 15) ? cross(out.operations, other.operations, random) : out.operations;
    out = { ...out, operations: mutateOperations(from, random, known) };
  }
  return out;
};

const opened = (file: number, ...then: readonly Operation[]): FuzzInput => ({
  ...EMPTY,
  operations: [{ op: "open", file }, ...then],
});

/** Where fuzzing begins: each kind of operation once on each file, each request that the module mentions. */
export const seedInputs = ({
  target,
  files,
  dictionary,
  parameters,
}: TargetKnowledge): readonly FuzzInput[] => {
  if (target.kind === "init") return [EMPTY];
  if (target.kind === "return") return FORCED.map((forced) => ({ ...EMPTY, forced }));
  if (target.kind === "params") {
    return [
      EMPTY,
      ...parameters.flatMap(({ name, seeds }) =>
        seeds.map((text) => ({ ...EMPTY, parameters: `${name}=${text}` })),
      ),
    ];
  }
  return files.flatMap((_, file) => [
    opened(
      file,
      { op: "write", slot: 0, data: toHex(Buffer.from("1\n")) },
      { op: "read", slot: 0, count: 4096 },
    ),
    opened(file, { op: "write", slot: 0, data: "41".repeat(64) }, { op: "close", slot: 0 }),
    opened(
      file,
      { op: "poll", slot: 0 },
      { op: "seek", slot: 0, offset: 1, whence: 0 },
      { op: "read", slot: 0, count: 16 },
    ),
    ...dictionary.requests.map((request) =>
      opened(file, { op: "ioctl", slot: 0, request, argument: "00".repeat(ioctlSize(request) || 8) }),
    ),
    ...(dictionary.requests.length === 0
      ? [opened(file, { op: "ioctl", slot: 0, request: 0x5401, argument: 0 })]
      : []),
  ]);
};
