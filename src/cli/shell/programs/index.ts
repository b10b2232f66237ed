import type { ByteString } from "../../../base/bytes.ts";
import * as busybox from "../modules/busybox.ts";
import { depmod } from "../modules/depmod.ts";
import * as kmod from "../modules/kmod.ts";
import { modprobe } from "../modules/modprobe.ts";
import { basename, type Program, type ProgramTable } from "../program.ts";
import { sh } from "../sh.ts";
import { cat, hexdump, tee } from "./cat.ts";
import { dd } from "./dd.ts";
import { ioctl, mmap, poll } from "./device.ts";
import { echo } from "./echo.ts";
import { chmod, ln, mkdir, mknod, mv, rm, rmdir, touch, tree } from "./files.ts";
import { grep } from "./grep.ts";
import { kill } from "./kill.ts";
import { readlink } from "./readlink.ts";
import { cut, head, sort, tail, uniq, wc } from "./lines.ts";
import { ls } from "./ls.ts";
import {
  basenameProgram,
  date,
  dirname,
  env,
  falseProgram,
  id,
  seq,
  sleep,
  timeout,
  trueProgram,
  uname,
  yes,
} from "./misc.ts";
import { printf } from "./printf.ts";
import { dmesg, ps } from "./processes.ts";
import { stat } from "./stat.ts";
import { test } from "./test.ts";
import { tr } from "./tr.ts";

const COMMON: Readonly<Record<string, Program>> = {
  "[": test,
  basename: basenameProgram,
  cat,
  chmod,
  cut,
  date,
  dd,
  dirname,
  dmesg,
  echo,
  egrep: grep,
  env,
  false: falseProgram,
  grep,
  head,
  hexdump,
  id,
  ioctl,
  mmap,
  kill,
  ln,
  ls,
  mkdir,
  mknod,
  mv,
  poll,
  printf,
  ps,
  readlink,
  rm,
  rmdir,
  seq,
  sh,
  sleep,
  sort,
  stat,
  tail,
  tee,
  test,
  timeout,
  touch,
  tr,
  tree,
  true: trueProgram,
  uname,
  uniq,
  wc,
  yes,
};

const KMOD: Readonly<Record<string, Program>> = {
  depmod,
  insmod: kmod.insmod,
  lsmod: kmod.lsmod,
  modinfo: kmod.modinfo,
  modprobe,
  rmmod: kmod.rmmod,
};

const BUSYBOX: Readonly<Record<string, Program>> = {
  ...KMOD,
  insmod: busybox.insmod,
  lsmod: busybox.lsmod,
  rmmod: busybox.rmmod,
};

const FOLDERS = new Set(["/bin", "/sbin", "/usr/bin", "/usr/sbin"]);

const find = (own: Readonly<Record<string, Program>>, name: ByteString): Program | undefined => {
  if (Object.hasOwn(own, name)) return own[name];
  return Object.hasOwn(COMMON, name) ? COMMON[name] : undefined;
};

const table =
  (own: Readonly<Record<string, Program>>): ProgramTable =>
  (command) => {
    if (!command.includes("/")) return find(own, command);
    const folder = command.slice(0, command.lastIndexOf("/"));
    if (folder === "/kmod")
      return Object.hasOwn(KMOD, basename(command)) ? KMOD[basename(command)] : undefined;
    return FOLDERS.has(folder) ? find(own, basename(command)) : undefined;
  };

/** What kobox's shell finds: insmod and its kin speak as kmod's do. */
export const koboxPrograms: ProgramTable = table(KMOD);

/** What a scenario's `sh` finds: busybox's own, and kmod's under /kmod. */
export const busyboxPrograms: ProgramTable = table(BUSYBOX);

/** Names for completion. */
export const programNames = (): readonly string[] => [...Object.keys(COMMON), ...Object.keys(KMOD)].sort();
