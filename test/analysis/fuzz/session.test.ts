import { expect, it } from "vitest";
import { fuzzing } from "../../support/fuzzing.ts";

const MODULE = "test/bugs/write_magic_ok.ko";
const TARGET = "file:/dev/write_magic_ok";

it("is the same session with the same seed, whole or in parts", () => {
  const whole = fuzzing(MODULE, TARGET, (session) => {
    const { crashes, inputs } = session.round(0, 120);
    return { crashes, inputs, corpus: session.corpus };
  });
  const parts = fuzzing(MODULE, TARGET, (session) => {
    const rounds = [session.round(0, 50), session.round(50, 70)];
    return {
      crashes: rounds.flatMap(({ crashes }) => crashes),
      inputs: rounds.flatMap(({ inputs }) => inputs),
      corpus: session.corpus,
    };
  });
  expect(parts).toEqual(whole);
  expect(whole.inputs.length).toBeGreaterThan(0);
});

it("is another session with another seed", () => {
  const [one, two] = [1, 2].map((seed) =>
    fuzzing(MODULE, TARGET, (session) => session.round(20, 40).inputs, seed),
  );
  expect(one?.length).toBeGreaterThan(0);
  expect(two).not.toEqual(one);
});

it("goes on from a stored corpus as if it had never ended", () => {
  const [stored, rest] = fuzzing(MODULE, TARGET, (session) => {
    session.round(0, 60);
    return [[...session.corpus], session.round(60, 60).inputs] as const;
  });
  const resumed = fuzzing(MODULE, TARGET, (session) => {
    for (const input of stored) session.offer(input);
    return session.round(60, 60).inputs;
  });
  expect(resumed).toEqual(rest);
});

it("executes an input the same way each time", () => {
  fuzzing(MODULE, TARGET, (session, harness) => {
    session.round(0, 30);
    for (const input of session.corpus) expect(harness.examine(input)).toEqual(harness.examine(input));
  });
});

it("holds the loader against whatever init returns", () => {
  fuzzing("samples/hello/hello.ko", "return", (session) => {
    expect(session.round(0, 200).crashes).toEqual([]);
  });
});

it("knows a module's parameters and ioctl requests", () => {
  const parameters = fuzzing(
    "samples/params/params.ko",
    "params",
    (_, { knowledge }) => knowledge.parameters,
  );
  expect(parameters.map(({ name, type }) => `${name} ${type}`)).toContain("count param_ops_int");
  const requests = fuzzing(
    "test/bugs/ioctl_overflow_ok.ko",
    "ioctl:/dev/ioctl_overflow_ok",
    (_, { knowledge }) => knowledge.dictionary.requests,
  );
  // _IOW('k', 1, 64 bytes)
  expect(requests).toContain(0x40406b01);
});
