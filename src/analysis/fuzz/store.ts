import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { KoboxError } from "../../base/errors.ts";
import { type FuzzInput, inputText, parseInput } from "./input.ts";
import type { AroundIdentity } from "./around.ts";
import type { Crash } from "./crash.ts";
import type { CrashDiscovery, Discovery } from "./session.ts";

/** What a session is about: resuming needs the same. */
export interface SessionIdentity extends AroundIdentity {
  /** SHA-256 of the module's file, unpacked. */
  readonly module: string;
  readonly kernel: string;
  readonly target: string;
  /** The module's parameters as given. */
  readonly parameters: string;
  readonly seed: number;
  /** Names of the sanitizers, as `parseSanitizers` reads them. */
  readonly sanitize: string;
}

/** How far a session has come. */
export interface Progress {
  readonly executions: number;
  readonly seconds: number;
}

/** A crash on disk: all that `kobox run --replay` needs. */
export interface Reproducer extends SessionIdentity {
  readonly reproducer_version: 1;
  readonly input: FuzzInput;
  readonly crash: Crash;
  readonly execution: number;
}

/** The folder in which a fuzzing session lives. A file is there whole or not at all. */
export interface Store {
  readonly progress: Progress;
  /** In the order they were found. */
  readonly corpus: readonly FuzzInput[];
  readonly crashes: readonly Reproducer[];
  addInput(discovery: Discovery): void;
  /** Path of the reproducer. */
  addCrash(discovery: CrashDiscovery): string;
  setProgress(progress: Progress): void;
}

/** Folders are made when something is to be kept: a session that never began leaves none. */
const write = (path: string, value: unknown): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(`${path}.new`, path);
};

const readJson = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new KoboxError("bad-input", `${path}: not JSON`, { hint: "Delete the damaged file.", cause });
  }
};

const namesIn = (folder: string): readonly string[] => (existsSync(folder) ? readdirSync(folder) : []);

const jsonFiles = (folder: string): string[] =>
  namesIn(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => join(folder, name));

const isIdentity = (value: unknown): value is SessionIdentity & Progress =>
  typeof value === "object" && value !== null && "module" in value && "executions" in value;

const ABOUT = [
  "module",
  "kernel",
  "target",
  "parameters",
  "seed",
  "sanitize",
  "devices",
  "firmware",
] as const;

/** Files of before there were devices and firmware have neither. */
const NOTHING_AROUND: AroundIdentity = { devices: [], firmware: {} };

const resumed = (path: string, identity: SessionIdentity): Progress => {
  const state = readJson(path);
  if (!isIdentity(state)) throw new KoboxError("bad-input", `${path}: not a session of kobox fuzz`);
  const before = { ...NOTHING_AROUND, ...state };
  const other = ABOUT.find((field) => !isDeepStrictEqual(before[field], identity[field]));
  if (other !== undefined) {
    throw new KoboxError("usage", `${path}: that session differs in its ${other}`, {
      hint: "Name another folder with --corpus, or delete this one.",
    });
  }
  return { executions: state.executions, seconds: state.seconds };
};

interface StoredInput {
  readonly execution: number;
  readonly input: FuzzInput;
}

const readStored = (path: string): StoredInput => {
  const value = readJson(path) as { execution?: unknown; input?: unknown } | null;
  const { execution } = value ?? {};
  return { execution: typeof execution === "number" ? execution : 0, input: parseInput(value?.input, path) };
};

/** A reproducer file. Errors: KoboxError "bad-input". */
export const readReproducer = (path: string): Reproducer => {
  const value = readJson(path) as Reproducer | null;
  if (value?.reproducer_version !== 1)
    throw new KoboxError("bad-input", `${path}: not a reproducer of kobox fuzz`);
  const { devices, firmware } = { ...NOTHING_AROUND, ...value };
  if (!Array.isArray(devices) || typeof firmware !== "object" || firmware === null)
    throw new KoboxError("bad-input", `${path}: its devices or firmware are damaged`);
  return { ...value, devices, firmware, input: parseInput(value.input, path) };
};

/** Opens a session's folder, new or to be gone on with. */
export const openStore = (folder: string, identity: SessionIdentity): Store => {
  const [corpus, crashes, state] = [
    join(folder, "corpus"),
    join(folder, "crashes"),
    join(folder, "session.json"),
  ];
  const progress = existsSync(state) ? resumed(state, identity) : { executions: 0, seconds: 0 };
  const stored = jsonFiles(corpus).map(readStored);
  return {
    progress,
    corpus: stored.sort((a, b) => a.execution - b.execution).map(({ input }) => input),
    crashes: jsonFiles(crashes).map(readReproducer),
    addInput(discovery) {
      const name = createHash("sha256").update(inputText(discovery.input)).digest("hex").slice(0, 16);
      write(join(corpus, `${name}.json`), discovery);
    },
    addCrash({ key, crash, input, execution }) {
      const path = join(crashes, `${crash.kind}-${key}.json`);
      write(path, { reproducer_version: 1, ...identity, crash, execution, input });
      return path;
    },
    setProgress(now) {
      write(state, { ...identity, ...now });
    },
  };
};
