import type { ByteString } from "../../../base/bytes.ts";
import type { ProcessIdentity, UserSystem } from "../../../kernel/user.ts";
import type { Node } from "../syntax/ast.ts";
import type { ProgramTable, ShellHost } from "../program.ts";

export interface Variable {
  readonly value: ByteString;
  readonly exported: boolean;
  readonly readonly: boolean;
}

/** What a subshell gets a copy of. */
export interface ShellState {
  /** `$0`, and what error messages begin with. */
  readonly name: ByteString;
  readonly variables: Map<string, Variable>;
  readonly functions: Map<string, Node>;
  readonly traps: Map<string, ByteString>;
  /** Letters of `set -e` and its like. */
  readonly options: Set<string>;
  positional: readonly ByteString[];
  /** `$?` */
  status: number;
  /** Status of the last command substitution of the present command, if it had one. */
  substituted: number | undefined;
  /** `$!` */
  background: number;
  /** PID of the shell that was started (`$$`), which a subshell keeps. */
  readonly rootPid: number;
  /** Background children not waited for. */
  readonly children: Set<number>;
  loopDepth: number;
  /** Commands being run inside one another, through functions, eval and forks. */
  depth: number;
  /** For each function being run: what `local` has to put back. */
  readonly scopes: Map<string, Variable | undefined>[];
  /** In a condition, where `set -e` does not apply. */
  tested: number;
}

export interface Shell {
  readonly sys: UserSystem;
  readonly state: ShellState;
  readonly programs: ProgramTable;
  readonly host: ShellHost;
  /** What /proc shows of this process until it becomes a program. */
  readonly identity: ProcessIdentity;
  /** Descriptors that keep what a redirection replaced; a child closes them. */
  readonly saved: Set<number>;
}

/** `break 2`, `return`, `exit`: what leaves the command being run. */
export class ControlFlow extends Error {
  override readonly name = "ControlFlow";
  readonly kind: "break" | "continue" | "return" | "exit";
  /** Loops left to leave, or the exit status. */
  value: number;

  constructor(kind: ControlFlow["kind"], value: number) {
    super(kind);
    this.kind = kind;
    this.value = value;
  }
}

/** An error that ends a script: printed after the shell's name, status 2 unless said otherwise. */
export class ShellError extends Error {
  override readonly name = "ShellError";
  readonly status: number;

  constructor(message: string, status = 2) {
    super(message);
    this.status = status;
  }
}

export const createState = (
  sys: UserSystem,
  options: {
    readonly name: ByteString;
    readonly positional?: readonly ByteString[];
    readonly environment?: ReadonlyMap<string, ByteString>;
  },
): ShellState => {
  const variables = new Map<string, Variable>();
  for (const [name, value] of options.environment ?? []) {
    variables.set(name, { value, exported: true, readonly: false });
  }
  const plain = (value: ByteString): Variable => ({ value, exported: false, readonly: false });
  variables.set("IFS", plain(" \t\n"));
  variables.set("PWD", { value: sys.getcwd(), exported: true, readonly: false });
  if (!variables.has("PATH")) variables.set("PATH", plain("/sbin:/usr/sbin:/bin:/usr/bin"));
  return {
    name: options.name,
    variables,
    functions: new Map(),
    traps: new Map(),
    options: new Set(),
    positional: options.positional ?? [],
    status: 0,
    substituted: undefined,
    background: 0,
    rootPid: sys.pid,
    children: new Set(),
    loopDepth: 0,
    depth: 0,
    scopes: [],
    tested: 0,
  };
};

/** The state a forked shell starts with. */
export const copyState = (state: ShellState): ShellState => ({
  ...state,
  variables: new Map(state.variables),
  functions: new Map(state.functions),
  traps: new Map(),
  options: new Set(state.options),
  children: new Set(),
  scopes: state.scopes.map((scope) => new Map(scope)),
});

export const getVariable = (state: ShellState, name: string): ByteString | undefined =>
  state.variables.get(name)?.value;

export const setVariable = (state: ShellState, name: string, value: ByteString): void => {
  const old = state.variables.get(name);
  if (old?.readonly === true) throw new ShellError(`${name}: is read only`);
  const exported = (old?.exported ?? false) || state.options.has("a");
  state.variables.set(name, { value, exported, readonly: false });
};

/** Exported variables, as a program's environment. */
export const environment = (state: ShellState): Map<string, ByteString> => {
  const exported = [...state.variables].filter(([, variable]) => variable.exported);
  return new Map(exported.map(([name, { value }]) => [name, value]));
};
