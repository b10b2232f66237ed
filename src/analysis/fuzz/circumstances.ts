import type { AccessSize } from "../../kernel/devices/model.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import type { FallibleFunction } from "../../stub/bind.ts";
import type { Failure } from "../../stub/declare.ts";
import type { Sandbox } from "../../sandbox.ts";
import { onFallibleCalls } from "../fallible.ts";
import { type Answer, type FuzzInput, fromHex } from "./input.ts";

/** What an input decides besides what user space does: which calls fail, what devices and chance answer. */
export interface Circumstances {
  /** From here on as the input has it. */
  begin(input: FuzzInput): void;
  /** Nothing fails any more, and devices answer for themselves. */
  end(): void;
  /** The most fallible calls that there were between a begin and an end. */
  fallible(): number;
  /** The most reads of devices and random numbers, likewise. */
  asked(): number;
}

interface State {
  active: boolean;
  readonly seen: { fallible: number; asked: number };
  readonly most: { fallible: number; asked: number };
  choices: ReadonlyMap<number, number>;
  answers: ReadonlyMap<number, Answer>;
  /** Bytes of an answer that the next reads take. */
  left: Uint8Array;
}

const NOTHING = new Uint8Array();

const little = (bytes: Uint8Array): bigint =>
  bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);

/** The next read's value, where the input has one. */
const answerOf = (k: Kernel, state: State, size: AccessSize): bigint | undefined => {
  if (!state.active) return undefined;
  const answer = state.answers.get(state.seen.asked);
  state.seen.asked += 1;
  if (answer !== undefined) {
    state.left = fromHex(answer.data);
    if (answer.delay > 0) k.clock.advanceTo(k.clock.now() + answer.delay * 1e6);
  }
  if (state.left.length === 0) return undefined;
  const value = little(state.left.subarray(0, size));
  state.left = state.left.subarray(size);
  return value;
};

const failureOf = (state: State, { stub: { fails } }: FallibleFunction): Failure | undefined => {
  if (!state.active) return undefined;
  const choice = state.choices.get(state.seen.fallible);
  state.seen.fallible += 1;
  return choice === undefined ? undefined : fails[choice % fails.length];
};

/** Stands behind every fallible call and every read of a device; before the module maps any. */
export const createCircumstances = ({ kernel: k, binder }: Sandbox): Circumstances => {
  const state: State = {
    active: false,
    seen: { fallible: 0, asked: 0 },
    most: { fallible: 0, asked: 0 },
    choices: new Map(),
    answers: new Map(),
    left: NOTHING,
  };
  onFallibleCalls(binder, (call) => failureOf(state, call));
  k.outside.everywhere = true;
  k.outside.answer = (size) => answerOf(k, state, size);
  return {
    begin({ faults, answers, chance }) {
      state.active = true;
      Object.assign(state.seen, { fallible: 0, asked: 0 });
      state.choices = new Map(faults.map(({ call, choice }) => [call, choice]));
      state.answers = new Map(answers.map((answer) => [answer.ask, answer]));
      state.left = NOTHING;
      if (chance !== 0) k.random.reseed(BigInt(chance));
    },
    end() {
      state.active = false;
      state.most.fallible = Math.max(state.most.fallible, state.seen.fallible);
      state.most.asked = Math.max(state.most.asked, state.seen.asked);
    },
    fallible: () => state.most.fallible,
    asked: () => state.most.asked,
  };
};
