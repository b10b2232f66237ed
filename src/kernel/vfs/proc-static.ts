/** What /proc holds before any module is loaded. */
import type { ByteString } from "../../base/bytes.ts";
import { EINVAL } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { resourcesText } from "../devices/resources.ts";
import { procCrypto } from "../crypto/proc.ts";
import type { Kernel } from "../kernel.ts";
import { timerList } from "../time/timer-list.ts";
import { hostText, textFile } from "./kept-files.ts";
import type { FileOperations } from "./operations.ts";
import { procModules } from "./proc-modules.ts";
import { ttyDisciplines, ttyDrivers } from "../tty/proc.ts";
import { filesystems, meminfo, version } from "./proc-text.ts";
import type { Tree } from "./tree.ts";

const seconds = (nanoseconds: number): ByteString => (nanoseconds / 1e9).toFixed(2);

const devices = (k: Kernel): ByteString => {
  const line = (major: number, name: ByteString): ByteString => `${`${major}`.padStart(3)} ${name}\n`;
  const character = k.vfs.devices.list().map(({ major, name }) => line(major, name));
  const block = k.vfs.blockMajors.list().map(([major, name]) => line(major, name));
  return `Character devices:\n${character.join("")}\nBlock devices:\n${block.join("")}`;
};

/** Names and addresses; a page of text each time it is read would be made anew, so it is made once a reading. */
const kallsyms = (k: Kernel): ByteString => {
  const lines: string[] = [];
  const hex = (address: number): string => BigInt.asUintN(64, BigInt(address)).toString(16).padStart(16, "0");
  for (const { name, address, type } of k.profile.kernelSymbols())
    lines.push(`${hex(address)} ${type} ${name}`);
  for (const module of k.modules.list.all()) {
    for (const { name, address } of module.symbols) lines.push(`${hex(address)} t ${name}\t[${module.name}]`);
  }
  return `${lines.join("\n")}\n`;
};

interface Setting {
  readonly path: string;
  readonly show: (k: Kernel) => ByteString;
  readonly store?: (k: Kernel, text: ByteString) => void;
}

const printk = (k: Kernel): ByteString => `${k.log.consoleLevel}\t4\t1\t7\n`;

const SETTINGS: readonly Setting[] = [
  { path: "tainted", show: (k) => `${k.taints.value()}\n` },
  {
    path: "printk",
    show: printk,
    store(k, text) {
      const level = Number.parseInt(text, 10);
      if (Number.isNaN(level)) throw new Errno(EINVAL);
      k.log.consoleLevel = level;
    },
  },
  { path: "hostname", show: () => "(none)\n" },
  { path: "domainname", show: () => "(none)\n" },
  { path: "osrelease", show: (k) => `${k.profile.release}\n` },
  { path: "ostype", show: () => "Linux\n" },
  { path: "version", show: (k) => `${version(k).build}\n` },
  { path: "modules_disabled", show: () => "0\n" },
  { path: "modprobe", show: () => "/sbin/modprobe\n" },
  { path: "panic", show: () => "0\n" },
  { path: "panic_on_oops", show: () => "0\n" },
  { path: "panic_on_warn", show: () => "0\n" },
  { path: "kptr_restrict", show: () => "0\n" },
  { path: "dmesg_restrict", show: () => "1\n" },
  { path: "pid_max", show: () => "32768\n" },
  { path: "hung_task_timeout_secs", show: () => "120\n" },
];

const settingFile = (k: Kernel, { show, store }: Setting): FileOperations => {
  const make = function* (): Generator<never, ByteString> {
    return show(k);
  };
  return store === undefined
    ? textFile(make)
    : textFile(make, function* (text) {
        store(k, text);
      });
};

export const populateProc = (k: Kernel, tree: Tree): void => {
  const proc = tree.directory("/proc");
  const file = (name: ByteString, show: () => ByteString, mode = 0o444): void =>
    tree.add(proc, name, tree.newSpecial(mode, hostText(show)));
  file("modules", () => procModules(k));
  file("devices", () => devices(k));
  file("misc", () =>
    k.driverCore.misc
      .list()
      .map(({ minor, name }) => `${`${minor}`.padStart(3)} ${name}\n`)
      .join(""),
  );
  file("ioports", () => resourcesText(k, "ioport_resource"));
  file("iomem", () => resourcesText(k, "iomem_resource"));
  file("version", () => version(k).line);
  file("uptime", () => `${seconds(k.clock.now())} ${seconds(k.clock.now())}\n`);
  file("cmdline", () => "console=ttyS0 nokaslr\n");
  file("meminfo", () => meminfo(k));
  file("filesystems", () => filesystems(k));
  file("loadavg", () => `0.00 0.00 0.00 1/${[...k.tasks.all()].length} ${k.current.pid}\n`);
  file("kallsyms", () => kallsyms(k));
  file("timer_list", () => timerList(k), 0o400);
  file("crypto", () => procCrypto(k));
  tree.add(proc, "mounts", tree.newSymlink("self/mounts"));
  for (const name of [
    "acpi",
    "bus",
    "driver",
    "fs",
    "sysvipc",
    "tty",
    "sys/dev",
    "sys/fs",
    "sys/net",
    "sys/vm",
  ])
    tree.directory(`/proc/${name}`).mode = 0o40555;
  const tty = tree.directory("/proc/tty");
  tree.add(
    tty,
    "drivers",
    tree.newSpecial(
      0o444,
      hostText(() => ttyDrivers(k)),
    ),
  );
  tree.add(
    tty,
    "ldiscs",
    tree.newSpecial(
      0o444,
      hostText(() => ttyDisciplines(k)),
    ),
  );
  tree.directory("/proc/tty/ldisc").mode = 0o40555;
  const drivers = tree.directory("/proc/tty/driver");
  drivers.mode = 0o40500;
  tree.add(
    drivers,
    "serial",
    tree.newSpecial(
      0o400,
      hostText(() => "serinfo:1.0 driver revision:\n"),
    ),
  );
  const kernel = tree.directory("/proc/sys/kernel");
  for (const setting of SETTINGS) {
    const mode = setting.store === undefined ? 0o444 : 0o644;
    tree.add(kernel, setting.path, tree.newSpecial(mode, settingFile(k, setting)));
  }
};
