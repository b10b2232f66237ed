/** In which order modprobe loads what a module needs (libkmod's probe list). */
import type { ByteString } from "../../../base/bytes.ts";
import type { ModprobeConfig } from "../../module-folder/config.ts";
import { type ModuleFolder, dependencies, lookUp, softdepsOf } from "../../module-folder/folder.ts";

export interface ProbeStep {
  readonly name: ByteString;
  /** What the configuration has for it instead of loading. */
  readonly install: ByteString | undefined;
  /** Options of the configuration. */
  readonly options: ByteString;
  /** The wanted module, or one it depends on: the others may fail. */
  readonly required: boolean;
}

const optionsOf = (config: ModprobeConfig, name: ByteString): ByteString =>
  config.options
    .filter(([module]) => module === name)
    .map(([, text]) => text)
    .join(" ");

/** `ignoreInstall`: the wanted module itself is loaded even where there is an install command. */
export const probePlan = (
  folder: ModuleFolder,
  config: ModprobeConfig,
  wanted: ByteString,
  { ignoreInstall }: { readonly ignoreInstall: boolean },
): readonly ProbeStep[] => {
  // A virtual module is nothing but its command.
  if (ignoreInstall && !folder.files.has(wanted)) return [];
  const steps: ProbeStep[] = [];
  const visited = new Set<ByteString>();
  const required = new Set([wanted, ...dependencies(folder, wanted)]);
  const soft = (name: ByteString): void => {
    for (const each of lookUp(folder, config, name).names) probe(each);
  };
  const add = (name: ByteString): void => {
    const { pre, post } = softdepsOf(folder, config, name);
    pre.forEach(soft);
    if (!steps.some((step) => step.name === name)) {
      const ignored = pre.length + post.length > 0 || (ignoreInstall && name === wanted);
      steps.push({
        name,
        install: ignored ? undefined : config.install.get(name),
        options: optionsOf(config, name),
        required: required.has(name),
      });
    }
    post.forEach(soft);
  };
  const probe = (name: ByteString): void => {
    if (visited.has(name)) return;
    visited.add(name);
    for (const each of dependencies(folder, name)) add(each);
    add(name);
  };
  probe(wanted);
  return steps;
};
