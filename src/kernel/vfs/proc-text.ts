/** Texts of /proc that tell of the machine. */
import type { ByteString } from "../../base/bytes.ts";
import type { Kernel } from "../kernel.ts";

/** "Linux version ..." and its part that uname calls the version. */
export const version = (k: Kernel): { readonly line: ByteString; readonly build: ByteString } => {
  const build = "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2";
  return { line: `Linux version ${k.profile.release} (debian-kernel@lists.debian.org) ${build}\n`, build };
};

const PAGE_KB = 4;

export const meminfo = (k: Kernel): ByteString => {
  const total = Math.floor(k.machine.frames.total * PAGE_KB);
  const free = Math.floor(k.machine.frames.free() * PAGE_KB);
  const line = (name: string, kb: number): ByteString =>
    `${`${name}:`.padEnd(16)}${`${kb}`.padStart(8)} kB\n`;
  return line("MemTotal", total) + line("MemFree", free) + line("MemAvailable", free);
};

const FS_REQUIRES_DEV = 1;

export const filesystems = (k: Kernel): ByteString => {
  const own = ["sysfs", "tmpfs", "proc", "devtmpfs", "debugfs"].map((name) => `nodev\t${name}\n`);
  const registered = [...k.vfs.filesystems.entries()].map(([name, type]) => {
    const device = (k.struct("file_system_type", type).fs_flags & FS_REQUIRES_DEV) !== 0;
    return `${device ? "" : "nodev"}\t${name}\n`;
  });
  return [...own, ...registered].join("");
};

export const mounts: ByteString = [
  "rootfs / rootfs rw 0 0",
  "proc /proc proc rw,relatime 0 0",
  "sysfs /sys sysfs rw,relatime 0 0",
  "devtmpfs /dev devtmpfs rw,relatime 0 0",
  "debugfs /sys/kernel/debug debugfs rw,relatime 0 0",
  "",
].join("\n");
