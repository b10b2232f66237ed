import type { PathCalls } from "./process.ts";

export type ParameterValue = string | number | bigint | boolean | readonly (string | number | bigint)[];

/** Parameters as `insmod` takes them: "name=value ...", or by name. */
export type Parameters = string | Readonly<Record<string, ParameterValue>>;

const valueText = (value: ParameterValue): string => {
  if (typeof value === "boolean") return value ? "Y" : "N";
  return typeof value === "object" ? value.join(",") : `${value}`;
};

/** The text finit_module(2) takes; a value with blanks stands in double quotes. */
export const parameterText = (parameters: Parameters): string =>
  typeof parameters === "string"
    ? parameters
    : Object.entries(parameters)
        .map(([name, value]) => {
          const text = valueText(value);
          return /\s/.test(text) ? `${name}="${text}"` : `${name}=${text}`;
        })
        .join(" ");

/** A module's parameters as /sys/module/NAME/parameters shows them. */
export interface ModuleParameters {
  names(): readonly string[];
  /** Throws SystemCallError: ENOENT for one that is not shown, EACCES where its mode says so. */
  get(name: string): string;
  set(name: string, value: ParameterValue): void;
}

export const moduleParameters = (module: string, files: () => PathCalls): ModuleParameters => {
  const folder = `/sys/module/${module}/parameters`;
  return {
    names: () => (files().exists(folder) ? files().ls(folder) : []),
    get: (name) => files().readFile(`${folder}/${name}`).replace(/\n$/, ""),
    set: (name, value) => files().writeFile(`${folder}/${name}`, valueText(value)),
  };
};
