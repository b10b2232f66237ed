/** Switches debug messages on and off by query (lib/dynamic_debug.c). Sites and their state are the modules'. */
import type { ByteString } from "../../base/bytes.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import type { Module } from "../modules/module.ts";
import { matchWildcard } from "../option-pattern.ts";
import { disableKey, enableKey } from "../static-keys.ts";
import { type Match, type Query, parseQuery, skipSpaces } from "./query.ts";
import { FLAG, NO_CLASS, type Site, classMapsOf, modulesWithSites, sitesOf } from "./sites.ts";

const formatMatches = (wanted: ByteString, format: ByteString): boolean =>
  wanted.startsWith("^") ? format.startsWith(wanted.slice(1)) : format.includes(wanted);

/** By its whole path, or by its last part. */
const fileMatches = (wanted: ByteString, path: ByteString): boolean =>
  matchWildcard(wanted, path) || matchWildcard(wanted, path.slice(path.lastIndexOf("/") + 1));

const siteMatches = ({ file, func, format, lines: [first, last] = [0, 0] }: Match, site: Site): boolean =>
  (file === undefined || fileMatches(file, site.text("filename"))) &&
  (func === undefined || matchWildcard(func, site.text("function"))) &&
  (format === undefined || formatMatches(format, site.text("format"))) &&
  (first === 0 || site.line >= first) &&
  (last === 0 || site.line <= last);

/** Without a class only sites without one are meant. */
const wantedClass = (k: Kernel, module: Module, name: ByteString | undefined): number | undefined => {
  if (name === undefined) return NO_CLASS;
  for (const { base, names } of classMapsOf(k, module)) {
    const index = names.indexOf(name);
    if (index >= 0) return base + index;
  }
  return undefined;
};

const setFlags = (k: Kernel, { address, flags }: Site, wanted: number): void => {
  const key = address + k.offsetOf("_ddebug", "key");
  const printing = (wanted & FLAG.PRINT) !== 0;
  // A key that the module has changed itself stays as it is.
  if (printing !== ((flags & FLAG.PRINT) !== 0)) void (printing ? enableKey(k, key) : disableKey(k, key));
  k.struct("_ddebug", address).flags = wanted;
};

/** ddebug_change() */
const change = (k: Kernel, { match, mask, set }: Query): void => {
  for (const module of modulesWithSites(k)) {
    if (match.module !== undefined && !matchWildcard(match.module, module.name)) continue;
    const wanted = wantedClass(k, module, match.class);
    for (const site of sitesOf(k, module)) {
      if (site.classId !== wanted || !siteMatches(match, site)) continue;
      const flags = ((site.flags & mask) | set) & 0xff;
      if (flags !== site.flags) setFlags(k, site, flags);
    }
  }
};

/**
 * ddebug_exec_queries(): carries out queries, parted by ";" or newlines, all of them even after a wrong
 * one. `module`: the one that is meant where a query names none. Errno EINVAL when one was wrong.
 */
export const changeSites = (k: Kernel, queries: ByteString, module?: ByteString): void => {
  let failed: Errno | undefined;
  for (const text of queries.split(/[;\n]/)) {
    const query = skipSpaces(text);
    if (query === "" || query.startsWith("#")) continue;
    try {
      const { match, ...flags } = parseQuery(query, (complaint) => k.printk(3, `dyndbg: ${complaint}`));
      change(k, { match: { ...(module === undefined ? {} : { module }), ...match }, ...flags });
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      failed = error;
    }
  }
  if (failed !== undefined) throw failed;
};

/**
 * ddebug_dyndbg_module_param_cb(): takes the parameter `dyndbg` of a module, or `OTHER.dyndbg` for
 * another one. A wrong query does not stop the load. False when it is another parameter.
 */
export const takeParameter = (
  k: Kernel,
  module: ByteString,
  name: ByteString,
  value: ByteString = "+p",
): boolean => {
  const dot = name.indexOf(".");
  if (name.slice(dot + 1) !== "dyndbg") return false;
  try {
    changeSites(k, value, dot < 0 ? module : name.slice(0, dot));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
  return true;
};
