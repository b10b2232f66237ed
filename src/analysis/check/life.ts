import type { ByteString } from "../../base/bytes.ts";
import type { Finding, ProbeResult } from "../../kernel/events.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import type { Sandbox } from "../../sandbox.ts";
import type { Outcome } from "../armed.ts";
import { auditModule, auditReferences } from "../ledger/audit.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { FallibleCall, Injector, Scope } from "./injector.ts";
import type { LifeRecord, Recorder } from "./recorder.ts";
import type { FreshMemory } from "../sanitizers/uninitialised.ts";
import type { FailSpec } from "./spec.ts";

/** How to run the module's init and exit, from wherever the kernel stands. */
export interface Subject {
  readonly name: ByteString;
  init(): Outcome;
  exit(): Outcome;
}

export interface Bench {
  readonly sandbox: Sandbox;
  readonly ledger: Ledger;
  readonly injector: Injector;
  /** Writes down more of each life, for whoever wants to look at it. */
  readonly recorder?: Recorder;
  /** Where reads of memory that was never written are looked for. */
  readonly fresh: FreshMemory | undefined;
}

/** One life of a module: what came of init, of exit, and what was found on the way. */
export interface Life {
  readonly init: Outcome;
  /** What init itself returned; undefined when it never did. */
  readonly returned: number | undefined;
  /** Undefined when it did not come to that. */
  readonly exit: Outcome | undefined;
  readonly findings: readonly Finding[];
  /** Probes that came back, in their order. */
  readonly probes: readonly ProbeResult[];
  /** Calls that could have failed. */
  readonly calls: readonly FallibleCall[];
  /** Guest instructions. */
  readonly instructions: number;
  /** Where the bench has a recorder. */
  readonly record?: LifeRecord;
}

/** Virtual time between init and exit, and after the end, for what was started to show itself. */
const SETTLE_NS = 60_000_000;

const hearProbes = ({ events }: Kernel) => {
  const probes: ProbeResult[] = [];
  const unheard = events.on((event) => {
    if (event.kind !== "probe") return;
    const { device, driver, returned } = event;
    probes.push({ device, driver, returned });
  });
  return { probes, unheard };
};

/** Exit after an init that returned 0, unless nothing goes on; then the books. */
const leave = ({ sandbox, ledger, recorder }: Bench, subject: Subject, init: number): Outcome | undefined => {
  const { kernel } = sandbox;
  const { name } = subject;
  let exit: Outcome | undefined;
  if (init === 0) {
    sandbox.sleep(SETTLE_NS);
    if (kernel.stopped === undefined) exit = subject.exit();
  }
  recorder?.left();
  if (init !== 0) auditModule(kernel, ledger, name, "failed-init");
  else if (exit?.kind === "returned" && exit.value === 0) auditModule(kernel, ledger, name, "exit");
  else if (exit?.kind === "returned") auditReferences(kernel, ledger, name);
  return exit;
};

/** Init, some time, exit, some time; the ledger is looked at whenever the module is gone. */
export const live = (bench: Bench, subject: Subject, specs: readonly FailSpec[], scope: Scope): Life => {
  const { sandbox, injector, recorder } = bench;
  const { kernel } = sandbox;
  const before = kernel.findings.count;
  const [started = 0] = kernel.machine.engine.counters;
  const earlier = kernel.modules.history.last(subject.name)?.init;
  const { probes, unheard } = hearProbes(kernel);
  recorder?.begin();
  injector.begin(specs, scope);
  const init = subject.init();
  injector.afterInit();
  const run = kernel.modules.history.last(subject.name)?.init;
  const returned = run === earlier ? undefined : run?.returned;
  const exit = init.kind === "returned" ? leave(bench, subject, init.value) : undefined;
  const findings = (): readonly Finding[] => kernel.findings.all().slice(before);
  // Whether what was left runs into code that is gone is known by now; others may still do so.
  if (kernel.stopped === undefined && !findings().some(({ kind }) => kind === "left-active"))
    sandbox.sleep(SETTLE_NS);
  injector.end();
  unheard();
  const [instructions = 0] = kernel.machine.engine.counters;
  return {
    init,
    returned,
    exit,
    findings: findings(),
    probes,
    calls: [...injector.calls()],
    instructions: instructions - started,
    ...(recorder === undefined ? {} : { record: recorder.end() }),
  };
};
