/** /proc/tty (fs/proc/proc_tty.c). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { Kernel } from "../kernel.ts";

interface Line {
  readonly driver: ByteString;
  readonly name: ByteString;
  readonly major: number;
  readonly minor: ByteString;
  readonly type: ByteString;
}

/** Pseudo-drivers, and the kernel's own. */
const PSEUDO: readonly Line[] = [
  { driver: "/dev/tty", name: "tty", major: 5, minor: "0", type: "system:/dev/tty" },
  { driver: "/dev/console", name: "console", major: 5, minor: "1", type: "system:console" },
  { driver: "/dev/ptmx", name: "ptmx", major: 5, minor: "2", type: "system" },
  { driver: "/dev/vc/0", name: "vc/0", major: 4, minor: "0", type: "system:vtmaster" },
];
const BUILTIN: readonly Line[] = [
  { driver: "serial", name: "ttyS", major: 4, minor: "64-95", type: "serial" },
  { driver: "pty_slave", name: "pts", major: 136, minor: "0-1048575", type: "pty:slave" },
  { driver: "pty_master", name: "ptm", major: 128, minor: "0-1048575", type: "pty:master" },
  { driver: "unknown", name: "tty", major: 4, minor: "1-63", type: "console" },
];

const text = ({ driver, name, major, minor, type }: Line): ByteString => {
  const number = minor.includes("-") ? minor : minor.padStart(7);
  return `${driver.padEnd(20)} /dev/${name.padEnd(8)} ${`${major}`.padStart(3)} ${number} ${type}\n`;
};

const SYSTEM: readonly ByteString[] = ["system", "system:/dev/tty", "system:vtmaster", "system:console"];
const PTY: readonly ByteString[] = ["pty", "pty:master", "pty:slave"];

const typeText = (type: number, subtype: number): ByteString => {
  if (type === 1) return SYSTEM[subtype] ?? "system";
  if (type === 2) return "console";
  if (type === 3) return "serial";
  return type === 4 ? (PTY[subtype] ?? "pty") : `type:${type}.${subtype}`;
};

const lineOf = (k: Kernel, driver: Address): Line => {
  const view = k.struct("tty_driver", driver);
  const { major, minor_start: first, num, type, subtype } = view;
  return {
    driver: view.driver_name === 0 ? "unknown" : k.memory.cstring(view.driver_name, 256),
    name: view.name === 0 ? "(null)" : k.memory.cstring(view.name, 256),
    major,
    minor: num > 1 ? `${first}-${first + num - 1}` : `${first}`,
    type: typeText(type, subtype),
  };
};

/** /proc/tty/drivers */
export const ttyDrivers = (k: Kernel): ByteString => {
  const own = k.isMade("tty") ? k.tty.drivers().map((driver) => lineOf(k, driver)) : [];
  return [...PSEUDO, ...own, ...BUILTIN].map((line) => text(line)).join("");
};

const N_TTY = 0;
const N_NULL = 27;

/** /proc/tty/ldiscs */
export const ttyDisciplines = (k: Kernel): ByteString => {
  const names = new Map<number, ByteString>([
    [N_TTY, "n_tty"],
    [N_NULL, "n_null"],
  ]);
  for (const [number, ops] of k.isMade("tty") ? k.tty.disciplines.entries() : []) {
    const { name } = k.struct("tty_ldisc_ops", ops);
    names.set(number, name === 0 ? "???" : k.memory.cstring(name, 256));
  }
  return [...names]
    .sort(([a], [b]) => a - b)
    .map(([number, name]) => `${name.padEnd(10)} ${`${number}`.padStart(2)}\n`)
    .join("");
};
