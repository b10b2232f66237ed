import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { type SymbolLookup, functionText } from "./symbol-text.ts";

/** Whom a report is about: the kernel's `current`. */
export interface Subject {
  readonly pid: number;
  readonly comm: ByteString;
  /** What a workqueue worker is at. */
  readonly work?: Work | undefined;
}

export interface Work {
  readonly workqueue: ByteString;
  readonly function: Address;
  /** set_worker_desc(); the workqueue's name when not set. */
  readonly description?: ByteString | undefined;
}

/** How this kernel and machine name themselves. */
export interface KernelBuild {
  /** "6.1.0-56-amd64" */
  readonly release: ByteString;
  /** First word of the version, "#1". */
  readonly version: ByteString;
  /** LINUX_PACKAGE_ID, with its leading blank. */
  readonly packageId: ByteString;
  /** DMI text; empty when the machine has none. */
  readonly hardwareName: ByteString;
}

/** Debian 12's kernel on the machine that kobox emulates. */
export const DEFAULT_BUILD: KernelBuild = {
  release: "6.1.0-56-amd64",
  version: "#1",
  packageId: " Debian 6.1.192-2",
  hardwareName: "QEMU Standard PC (i440FX + PIIX, 1996), BIOS 1.16.2-debian-1.16.2-1 04/01/2014",
};

/** "CPU: 0 PID: 80 ..." and what follows it (lib/dump_stack.c, print_worker_info of kernel/workqueue.c). */
export const infoLines = (
  subject: Subject,
  tainted: ByteString,
  build: KernelBuild,
  symbols: SymbolLookup,
): ByteString[] => {
  const { release, version, packageId, hardwareName } = build;
  const comm = subject.comm.slice(0, 20);
  const lines = [`CPU: 0 PID: ${subject.pid} Comm: ${comm} ${tainted} ${release} ${version} ${packageId}`];
  if (hardwareName !== "") lines.push(`Hardware name: ${hardwareName}`);
  const { work } = subject;
  if (work !== undefined) {
    const { description = work.workqueue } = work;
    const extra = description === work.workqueue ? "" : ` (${description})`;
    lines.push(`Workqueue: ${work.workqueue} ${functionText(symbols, work.function)}${extra}`);
  }
  return lines;
};

/** A module as the list of linked modules shows it. */
export interface LinkedModule {
  readonly name: ByteString;
  /** moduleTaintLetters() of it. */
  readonly taints: ByteString;
  readonly state: "coming" | "live" | "going";
}

/** "t_crash(OE+)" (module_flags of kernel/module/main.c). */
const linkedText = ({ name, taints, state }: LinkedModule): ByteString => {
  const mark = state === "coming" ? "+" : state === "going" ? "-" : "";
  const flags = taints + mark;
  return flags === "" ? name : `${name}(${flags})`;
};

/** print_modules(): newest module first. */
export const modulesLine = (
  modules: readonly LinkedModule[],
  lastUnloaded: { readonly name: ByteString; readonly taints: ByteString } | undefined,
): ByteString => {
  const names = modules.map((module) => ` ${linkedText(module)}`).join("");
  if (lastUnloaded === undefined) return `Modules linked in:${names}`;
  const { name, taints } = lastUnloaded;
  return `Modules linked in:${names} [last unloaded: ${name}${taints === "" ? "" : `(${taints})`}]`;
};
