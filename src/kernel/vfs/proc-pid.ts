/** /proc/PID (fs/proc/base.c, array.c). */
import type { ByteString } from "../../base/bytes.ts";
import type { Kernel } from "../kernel.ts";
import type { Task } from "../task.ts";
import { hostText } from "./kept-files.ts";
import type { DirectoryNode, DynamicEntries, Node } from "./node.ts";
import { mounts } from "./proc-text.ts";
import type { Tree } from "./tree.ts";

const letter = (k: Kernel, task: Task): ByteString => {
  if (task.state === "dead") return "Z";
  if (task.state === "runnable") return "R";
  return task.waiting?.interruptible === false && k.processes.find(task.pid) === undefined ? "D" : "S";
};
const STATE_NAMES: Readonly<Record<string, ByteString>> = {
  R: "R (running)",
  S: "S (sleeping)",
  D: "D (disk sleep)",
  Z: "Z (zombie)",
};

const parentOf = (k: Kernel, task: Task): number =>
  k.processes.find(task.pid)?.parent ?? (task.pid === 1 ? 0 : 2);

const status = (k: Kernel, task: Task): ByteString => {
  const caps = (k.processes.find(task.pid)?.capabilities ?? (1n << 41n) - 1n).toString(16).padStart(16, "0");
  const state = letter(k, task);
  return [
    `Name:\t${task.comm}`,
    "Umask:\t0022",
    `State:\t${STATE_NAMES[state] ?? state}`,
    `Tgid:\t${task.pid}`,
    "Ngid:\t0",
    `Pid:\t${task.pid}`,
    `PPid:\t${parentOf(k, task)}`,
    "TracerPid:\t0",
    "Uid:\t0\t0\t0\t0",
    "Gid:\t0\t0\t0\t0",
    "FDSize:\t32",
    "Groups:\t ",
    "Threads:\t1",
    "SigPnd:\t0000000000000000",
    `ShdPnd:\t${task.pending.toString(16).padStart(16, "0")}`,
    "CapInh:\t0000000000000000",
    `CapPrm:\t${caps}`,
    `CapEff:\t${caps}`,
    `CapBnd:\t${caps}`,
    "",
  ].join("\n");
};

/** The first fields of stat; what a sandbox has no measure of is zero. */
const stat = (k: Kernel, task: Task): ByteString => {
  const kthread = k.processes.find(task.pid) === undefined;
  const head = [task.pid, `(${task.comm})`, letter(k, task), parentOf(k, task), 0, 0, 0, -1];
  const rest = [kthread ? 2129984 : 4194304, ...Array.from({ length: 8 }, () => 0), 20, 0, 1, 0];
  return `${[...head, ...rest, ...Array.from({ length: 31 }, () => 0)].join(" ")}\n`;
};

const stack = (k: Kernel, task: Task): ByteString =>
  k.traces
    .stack(task)
    .map((line) => `[<0>] ${line}\n`)
    .join("");

const directoryOf = (k: Kernel, tree: Tree, task: Task): DirectoryNode => {
  const directory = tree.newDirectory(0o555);
  const process = k.processes.find(task.pid);
  const text = (name: string, mode: number, show: () => ByteString): void =>
    tree.add(directory, name, tree.newSpecial(mode, hostText(show)));
  text("comm", 0o644, () => `${task.comm}\n`);
  text("cmdline", 0o444, () => process?.identity.argv.map((each) => `${each}\0`).join("") ?? "");
  text("status", 0o444, () => status(k, task));
  text("stat", 0o444, () => stat(k, task));
  text("stack", 0o400, () => stack(k, task));
  text("mounts", 0o444, () => mounts);
  text("wchan", 0o444, () => "0");
  tree.add(directory, "cwd", tree.newSymlink(process?.directory ?? "/"));
  const fds = tree.newDirectory(0o500);
  for (const [fd, { path }] of process?.files.entries() ?? []) tree.add(fds, `${fd}`, tree.newSymlink(path));
  tree.add(directory, "fd", fds);
  return directory;
};

/** The entries of /proc that are there as long as a process is. */
export const processEntries = (k: Kernel, tree: () => Tree): DynamicEntries => ({
  find(name): Node | undefined {
    if (name === "self") return tree().newSymlink(`${k.current.pid}`);
    if (!/^[1-9]\d*$/.test(name)) return undefined;
    const task = k.tasks.find(Number(name));
    return task === undefined ? undefined : directoryOf(k, tree(), task);
  },
  names: () =>
    [...k.tasks.all()].filter(({ pid, state }) => pid !== 0 && state !== "dead").map(({ pid }) => `${pid}`),
});
