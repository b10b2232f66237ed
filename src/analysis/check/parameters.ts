import type { ByteString } from "../../base/bytes.ts";
import { Errno } from "../../base/errors.ts";
import { createBench } from "./bench.ts";
import type { Sanitizer } from "../sanitizers/sanitizers.ts";
import { manyOf, textsOf } from "../parameter-values.ts";
import { readModinfo } from "../../loader/modinfo-file.ts";
import { takeSnapshot } from "../../kernel/snapshot.ts";
import type { Routine } from "../../kernel/routine.ts";
import { O_NONBLOCK, type UserSystem } from "../../kernel/user.ts";
import type { Sandbox } from "../../sandbox.ts";
import type { Outcome } from "../armed.ts";
import { type Judgement, judgeClean } from "./judge.ts";
import { type Bench, type Life, type Subject, live } from "./life.ts";
import type { Recorder } from "./recorder.ts";

/** A run with one parameter at the edge of its type, or a second insertion (`again`). */
export interface ParameterCase {
  /** As written after the file's name: "count=-1". */
  readonly parameters: ByteString;
  readonly what: "parameter" | "again";
  readonly life: Life;
  readonly judgement: Judgement;
  /** The first insertion with the parameters as given, which it is held against. */
  readonly first: Life;
}

/** Values worth trying for a parameter of that type ("int", "charp", "array of int"). */
export const boundaryValues = (type: ByteString): readonly string[] => {
  const element = /^array of (\w+)$/.exec(type)?.[1];
  if (element === undefined) return textsOf(type)?.taken ?? [""];
  const [first = "0"] = textsOf(element)?.taken ?? [];
  return [first, manyOf(first)];
};

/** insmod and rmmod as plain system calls. */
const plainSubject = (
  sandbox: Sandbox,
  name: ByteString,
  bytes: Uint8Array,
  parameters: ByteString,
): Subject => {
  const perform = (comm: string, body: (sys: UserSystem) => Routine<number>): Outcome => {
    const noted: { value: number | undefined } = { value: undefined };
    const end = sandbox.run({ comm, argv: [comm] }, function* (sys) {
      try {
        noted.value = yield* body(sys);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        noted.value = -error.errno;
      }
      return 0;
    });
    if (noted.value !== undefined) return { kind: "returned", value: noted.value };
    return end.stop === undefined
      ? { kind: "killed", signal: end.signal }
      : { kind: "stopped", stop: end.stop };
  };
  return {
    name,
    init: () =>
      perform("insmod", function* (sys) {
        const fd = yield* sys.memfd("module", bytes);
        return yield* sys.finitModule(fd, parameters, 0);
      }),
    exit: () =>
      perform("rmmod", function* (sys) {
        yield* sys.deleteModule(name, O_NONBLOCK);
        return 0;
      }),
  };
};

const join = (given: ByteString, more: ByteString): ByteString => (given === "" ? more : `${given} ${more}`);

/**
 * Loads the module from a freshly booted sandbox: twice in a row, then once for each parameter at each
 * edge of its type. `name`: the module's. Takes the sandbox's snapshot.
 */
export const checkParameters = (
  sandbox: Sandbox,
  module: {
    readonly name: ByteString;
    readonly bytes: Uint8Array;
    readonly parameters: ByteString;
    readonly sanitizers: ReadonlySet<Sanitizer>;
    /** Where more of each run is to be kept. */
    readonly recorder?: (bench: Bench) => Recorder;
  },
): ParameterCase[] => {
  const { kernel } = sandbox;
  const plain = createBench(sandbox, module.sanitizers);
  const bench = module.recorder === undefined ? plain : { ...plain, recorder: module.recorder(plain) };
  const snapshot = takeSnapshot(kernel);
  const run = (parameters: ByteString): Life =>
    live(bench, plainSubject(sandbox, module.name, module.bytes, parameters), [], "init");
  const clean = run(module.parameters);
  const cases: ParameterCase[] = [];
  const note = (what: ParameterCase["what"], parameters: ByteString, judge: typeof judgeAgain): void => {
    const life = run(what === "again" ? parameters : join(module.parameters, parameters));
    cases.push({ parameters, what, life, judgement: judge(life, clean), first: clean });
  };
  if (clean.exit?.kind === "returned" && clean.exit.value === 0) note("again", module.parameters, judgeAgain);
  for (const { name, type } of readModinfo(module.bytes)?.parameters ?? []) {
    for (const value of boundaryValues(type ?? "")) {
      snapshot.restore();
      note("parameter", `${name}=${value}`, judgeClean);
    }
  }
  snapshot.restore();
  return cases;
};

/** After rmmod the module must go in again as it did before. */
const judgeAgain = (life: Life, clean: Life): Judgement => {
  const plain = judgeClean(life, clean);
  if (plain.severity !== "ok" || life.returned === clean.returned) return plain;
  return {
    verdict: "left-registered",
    severity: "error",
    message: `inserted again after rmmod, init returned ${life.returned ?? "nothing"} instead of ${clean.returned ?? "nothing"}: exit did not undo all that init did`,
    finding: undefined,
  };
};
