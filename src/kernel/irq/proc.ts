/** /proc/interrupts, /proc/irq and /sys/kernel/irq (kernel/irq/proc.c, irqdesc.c, arch/x86/kernel/irq.c). */
import type { ByteString } from "../../base/bytes.ts";
import { TICK_NS } from "../clock.ts";
import type { Kernel } from "../kernel.ts";
import { hostText } from "../vfs/kept-files.ts";
import type { DirectoryNode, DynamicEntries, Node } from "../vfs/node.ts";
import type { Tree } from "../vfs/tree.ts";
import { type Line, actionName, hardwareIrq, isLevel } from "./line.ts";

/** What the processor's own vectors count; LOC comes with the clock. */
const VECTORS: readonly (readonly [name: ByteString, count: number, text: ByteString])[] = [
  ["NMI", 0, "Non-maskable interrupts"],
  ["LOC", -1, "Local timer interrupts"],
  ["SPU", 0, "Spurious interrupts"],
  ["PMI", 0, "Performance monitoring interrupts"],
  ["IWI", 0, "IRQ work interrupts"],
  ["RTR", 0, "APIC ICR read retries"],
  ["RES", 0, "Rescheduling interrupts"],
  ["CAL", 0, "Function call interrupts"],
  ["TLB", 0, "TLB shootdowns"],
  ["TRM", 0, "Thermal event interrupts"],
  ["THR", 0, "Threshold APIC interrupts"],
  ["DFR", 0, "Deferred Error APIC interrupts"],
  ["MCE", 0, "Machine check exceptions"],
  ["MCP", 1, "Machine check polls"],
  ["ERR", 0, ""],
  ["MIS", 0, ""],
  ["PIN", 0, "Posted-interrupt notification event"],
  ["NPI", 0, "Nested posted-interrupt event"],
  ["PIW", 0, "Posted-interrupt wakeup event"],
];

const names = (k: Kernel, line: Line, separator: ByteString): ByteString =>
  line.actions.map((action) => actionName(k, action)).join(separator);

const lineText = (k: Kernel, line: Line): ByteString => {
  const where = `${line.chip.padStart(8)} ${`${hardwareIrq(line)}`.padStart(3)}`;
  const flow = line.flow === "" ? "" : `-${line.flow.padEnd(8)}`;
  const who = line.actions.length === 0 ? "" : `  ${names(k, line, ", ")}`;
  return `${`${line.irq}`.padStart(3)}: ${`${line.count}`.padStart(10)}  ${where}${flow}${who}\n`;
};

export const interruptsText = (k: Kernel): ByteString => {
  const lines = k.irqs.lines().filter(({ actions, count }) => actions.length > 0 || count > 0);
  const vectors = VECTORS.map(([name, count, text]) => {
    const shown = count < 0 ? Math.floor(k.clock.now() / TICK_NS) : count;
    return `${name}: ${`${shown}`.padStart(10)}${text === "" ? "" : `   ${text}`}\n`;
  });
  return `           CPU0       \n${lines.map((line) => lineText(k, line)).join("")}${vectors.join("")}`;
};

const file = (tree: Tree, directory: DirectoryNode, name: ByteString, show: () => ByteString): void =>
  tree.add(directory, name, tree.newSpecial(0o444, hostText(show)));

const procDirectory = (k: Kernel, tree: Tree, line: Line): Node => {
  const directory = tree.newDirectory(0o555);
  const show = (name: ByteString, text: ByteString): void => file(tree, directory, name, () => text);
  for (const name of ["affinity_hint", "effective_affinity", "smp_affinity"])
    show(name, name === "affinity_hint" ? "0\n" : "1\n");
  for (const name of ["effective_affinity_list", "node", "smp_affinity_list"]) show(name, "0\n");
  file(tree, directory, "spurious", () => {
    const last = Math.floor(line.lastUnhandled / 1e6);
    return `count ${line.noted}\nunhandled ${line.unhandled}\nlast_unhandled ${last} ms\n`;
  });
  for (const action of line.actions) tree.add(directory, actionName(k, action), tree.newDirectory(0o555));
  return directory;
};

const sysDirectory = (k: Kernel, tree: Tree, line: Line): Node => {
  const directory = tree.newDirectory(0o755);
  const show = (name: ByteString, text: () => ByteString): void => file(tree, directory, name, text);
  show("actions", () => (line.actions.length === 0 ? "" : `${names(k, line, ",")}\n`));
  show("chip_name", () => `${line.chip}\n`);
  show("hwirq", () => (line.chip === "XT-PIC" ? "" : `${hardwareIrq(line)}\n`));
  show("name", () => (line.flow === "" ? "" : `${line.flow}\n`));
  show("per_cpu_count", () => `${line.count}\n`);
  show("type", () => `${isLevel(line) ? "level" : "edge"}\n`);
  show("wakeup", () => "disabled\n");
  return directory;
};

const lineEntries = (k: Kernel, make: (line: Line) => Node): DynamicEntries => ({
  find(name) {
    const line = /^\d+$/.test(name) ? k.irqs.line(Number(name)) : undefined;
    return line === undefined ? undefined : make(line);
  },
  names: () => k.irqs.lines().map(({ irq }) => `${irq}`),
});

export const populateIrqs = (k: Kernel, tree: Tree): void => {
  file(tree, tree.directory("/proc"), "interrupts", () => interruptsText(k));
  const proc = tree.directory(
    "/proc/irq",
    lineEntries(k, (line) => procDirectory(k, tree, line)),
  );
  file(tree, proc, "default_smp_affinity", () => "1\n");
  // The directory belongs to a kobject.
  k.driverCore.kobjects.known("/kernel");
  tree.directory(
    "/sys/kernel/irq",
    lineEntries(k, (line) => sysDirectory(k, tree, line)),
  );
};
