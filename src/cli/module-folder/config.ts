/** What /etc/modprobe.d says (modprobe.d(5)). */
import type { ByteString } from "../../base/bytes.ts";

export interface SoftDependencies {
  readonly pre: readonly ByteString[];
  readonly post: readonly ByteString[];
}

export interface ModprobeConfig {
  /** Pattern and what it stands for, in order. */
  readonly aliases: readonly (readonly [pattern: ByteString, module: ByteString])[];
  readonly options: readonly (readonly [module: ByteString, text: ByteString])[];
  readonly blacklist: ReadonlySet<ByteString>;
  readonly install: ReadonlyMap<ByteString, ByteString>;
  readonly remove: ReadonlyMap<ByteString, ByteString>;
  readonly softdeps: ReadonlyMap<ByteString, SoftDependencies>;
}

/** "-" is "_" in a name, but not inside a pattern's brackets. */
export const plainName = (name: ByteString): ByteString =>
  name.replace(/\[[^\]]*\]|-/g, (part) => (part === "-" ? "_" : part));

/** "pre: a b post: c", of a softdep line or of a module's own information. */
export const parseSoftdeps = (text: ByteString): SoftDependencies => {
  const found: { pre: ByteString[]; post: ByteString[] } = { pre: [], post: [] };
  let list: ByteString[] | undefined;
  for (const word of text.split(/\s+/)) {
    if (word === "pre:" || word === "post:") list = found[word === "pre:" ? "pre" : "post"];
    else if (word !== "") list?.push(plainName(word));
  }
  return found;
};

/** Reads configuration files' texts, in order; lines it does not know are passed over, as kmod does. */
export const parseConfig = (texts: readonly ByteString[]): ModprobeConfig => {
  const config = {
    aliases: [] as [ByteString, ByteString][],
    options: [] as [ByteString, ByteString][],
    blacklist: new Set<ByteString>(),
    install: new Map<ByteString, ByteString>(),
    remove: new Map<ByteString, ByteString>(),
    softdeps: new Map<ByteString, SoftDependencies>(),
  };
  const lines = texts.flatMap((text) => text.replaceAll("\\\n", "").split("\n"));
  for (const line of lines) {
    const [, word = "", name = "", rest = ""] = /^\s*(\w+)\s+(\S+)\s*(.*)$/.exec(line) ?? [];
    const module = plainName(name);
    if (word === "alias" && rest !== "") config.aliases.push([module, plainName(rest.trim())]);
    else if (word === "options") config.options.push([module, rest]);
    else if (word === "blacklist") config.blacklist.add(module);
    else if (word === "install") config.install.set(module, rest);
    else if (word === "remove") config.remove.set(module, rest);
    else if (word === "softdep") config.softdeps.set(module, parseSoftdeps(rest));
  }
  return config;
};
