/** dynamic_debug/control, in debugfs and in /proc: lists the sites, takes queries (lib/dynamic_debug.c). */
import type { ByteString } from "../../base/bytes.ts";
import { E2BIG } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import type { Module } from "../modules/module.ts";
import { ESCAPE, escapeText } from "../printf/escape.ts";
import { textFile } from "../vfs/kept-files.ts";
import { changeSites } from "./dynamic-debug.ts";
import {
  type ClassMap,
  FLAG_LETTERS,
  NO_CLASS,
  type Site,
  classMapsOf,
  modulesWithSites,
  sitesOf,
} from "./sites.ts";

const HEADER = "# filename:lineno [module]function flags format\n";
const FOLDERS = ["/sys/kernel/debug/dynamic_debug", "/proc/dynamic_debug"];
const QUERY_MAX = 4096;

const describeFlags = (flags: number): string =>
  [...FLAG_LETTERS].map(([letter, bit]) => ((flags & bit) === 0 ? "" : letter)).join("") || "_";

const describeClass = (maps: readonly ClassMap[], { classId }: Site): ByteString => {
  if (classId === NO_CLASS) return "";
  const map = maps.find(({ base, names }) => classId >= base && classId < base + names.length);
  return map === undefined
    ? ` class unknown, _id:${classId}`
    : ` class:${map.names[classId - map.base] ?? ""}`;
};

/** ddebug_proc_show(): the last site of a module comes first. */
const describeModule = (k: Kernel, module: Module): ByteString => {
  const maps = classMapsOf(k, module);
  const lines = sitesOf(k, module).map((site) => {
    const place = `${site.text("filename")}:${site.line} [${module.name}]${site.text("function")}`;
    const format = escapeText(site.text("format"), ESCAPE.SPACE, '\t\r\n"');
    return `${place} =${describeFlags(site.flags)} "${format}"${describeClass(maps, site)}\n`;
  });
  return lines.toReversed().join("");
};

/** Makes the files. */
export const populateDynamicDebug = (k: Kernel): void => {
  const control = textFile(
    function* () {
      return (
        HEADER +
        modulesWithSites(k)
          .map((module) => describeModule(k, module))
          .join("")
      );
    },
    function* (text) {
      if (text.length >= QUERY_MAX) {
        k.printk(4, `dyndbg: expected <${QUERY_MAX} bytes into control`);
        throw new Errno(E2BIG);
      }
      changeSites(k, text.replace(/\0[^]*/, ""));
    },
  );
  const { tree } = k.vfs;
  for (const folder of FOLDERS) tree.add(tree.directory(folder), "control", tree.newSpecial(0o644, control));
};
