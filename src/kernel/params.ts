import { asInt } from "../abi/calls.ts";
import type { Address } from "../base/address.ts";
import type { ByteString } from "../base/bytes.ts";
import { EINVAL, ENOENT, ENOSPC } from "../base/errno.ts";
import type { GuestMemory } from "../machine/memory.ts";
import { type Routine, callGuest } from "./routine.ts";

/** struct kernel_param (include/linux/moduleparam.h). */
const PARAM = { NAME: 0, MOD: 8, OPS: 16, PERM: 24, LEVEL: 26, FLAGS: 27, ARG: 32, SIZE: 40 } as const;
/** struct kernel_param_ops. */
const OPS = { FLAGS: 0, SET: 8, GET: 16, FREE: 24 } as const;
const KERNEL_PARAM_OPS_FL_NOARG = 1;
const KERNEL_PARAM_FL_UNSAFE = 1;

export interface Parameter {
  readonly address: Address;
  readonly name: ByteString;
  readonly ops: Address;
  /** sysfs mode; 0 when it is not shown there. */
  readonly permission: number;
  readonly flags: number;
  readonly argument: Address;
}

/** The `__param` section of a module, in its order. */
export const readParameters = (memory: GuestMemory, table: Address, count: number): Parameter[] =>
  Array.from({ length: count }, (_, index) => {
    const address = table + index * PARAM.SIZE;
    return {
      address,
      name: memory.cstring(memory.pointer(address + PARAM.NAME), 1024),
      ops: memory.pointer(address + PARAM.OPS),
      permission: memory.u16(address + PARAM.PERM),
      flags: memory.u8(address + PARAM.FLAGS),
      argument: memory.pointer(address + PARAM.ARG),
    };
  });

/** One word of a command line; positions are offsets into it. */
export interface Argument {
  readonly name: ByteString;
  /** Undefined when there is no "=". */
  readonly value: ByteString | undefined;
  /** Offset of the value, where it has one. */
  readonly at: number;
  /** Offset of the next word. */
  readonly next: number;
}

const isSpace = (char: string | undefined): boolean => char !== undefined && " \t\n\v\f\r\xa0".includes(char);

const skipSpaces = (text: ByteString, from: number): number => {
  let at = from;
  while (at < text.length && isSpace(text[at])) at += 1;
  return at;
};

/** lib/cmdline.c next_arg: quotes may enclose the whole word or the value and keep its spaces. */
export const nextArgument = (text: ByteString, from: number): Argument => {
  const quoted = text[from] === '"';
  const start = quoted ? from + 1 : from;
  let inQuote = quoted;
  let equals = 0;
  let end = start;
  for (; end < text.length; end += 1) {
    if (isSpace(text[end]) && !inQuote) break;
    // An "=" in first place is part of the name.
    if (equals === 0 && text[end] === "=" && end > start) equals = end;
    if (text[end] === '"') inQuote = !inQuote;
  }
  let at = equals === 0 ? end : equals + 1;
  let last = end;
  if (equals !== 0 && text[at] === '"') {
    at += 1;
    if (text[last - 1] === '"') last -= 1;
  }
  if (quoted && end > start && text[last - 1] === '"' && last === end) last -= 1;
  return {
    name: text.slice(start, equals === 0 ? last : equals),
    value: equals === 0 ? undefined : text.slice(at, Math.max(at, last)),
    at,
    next: skipSpaces(text, end),
  };
};

/** Names match with dash and underscore alike. */
const sameParameter = (a: ByteString, b: ByteString): boolean =>
  a.replaceAll("-", "_") === b.replaceAll("-", "_");

/** What parse_args needs of its surroundings. */
export interface ParseHost {
  readonly memory: GuestMemory;
  printk(level: number, text: ByteString): void;
  taintUser(): void;
  /** Takes parameters for dynamic debug; false for others. */
  dynamicDebug(name: ByteString, value: ByteString | undefined): boolean;
  /** The guest's copy of the whole argument text, which values point into. */
  readonly text: Address;
}

const setOne = function* (host: ParseHost, parameter: Parameter, argument: Argument): Routine<number> {
  const { memory } = host;
  const noArgument = (memory.u32(parameter.ops + OPS.FLAGS) & KERNEL_PARAM_OPS_FL_NOARG) !== 0;
  if (argument.value === undefined && !noArgument) return -EINVAL;
  if ((parameter.flags & KERNEL_PARAM_FL_UNSAFE) !== 0) {
    host.printk(5, `Setting dangerous option ${parameter.name} - tainting kernel`);
    host.taintUser();
  }
  let value: Address = 0;
  if (argument.value !== undefined) {
    value = host.text + argument.at;
    memory.setU8(value + argument.value.length, 0);
  }
  const result = yield* callGuest(memory.pointer(parameter.ops + OPS.SET), value, parameter.address);
  return asInt(result);
};

const complain = (host: ParseHost, doing: ByteString, argument: Argument, error: number): void => {
  const { name } = argument;
  // As it stands now: the setter of an array has cut its text at the commas.
  const value =
    argument.value === undefined
      ? ""
      : host.memory.cstring(host.text + argument.at, argument.value.length + 1);
  if (error === -ENOENT) host.printk(3, `${doing}: Unknown parameter \`${name}'`);
  else if (error === -ENOSPC) host.printk(3, `${doing}: \`${value}' too large for parameter \`${name}'`);
  else host.printk(3, `${doing}: \`${value}' invalid for parameter \`${name}'`);
};

/**
 * Sets a module's parameters from its argument text (kernel/params.c parse_args). Goes through all of
 * them even after an error; the last error is returned, and what stands after a "--".
 */
export function* parseArguments(
  host: ParseHost,
  doing: ByteString,
  text: ByteString,
  parameters: readonly Parameter[],
): Routine<{ error: number; afterDashes: ByteString | undefined }> {
  let error = 0;
  for (let at = skipSpaces(text, 0); at < text.length;) {
    const argument = nextArgument(text, at);
    if (argument.value === undefined && argument.name === "--") {
      return { error, afterDashes: error === 0 ? text.slice(argument.next) : undefined };
    }
    const parameter = parameters.find(({ name }) => sameParameter(name, argument.name));
    let result = 0;
    if (parameter !== undefined) result = yield* setOne(host, parameter, argument);
    else unknown(host, doing, argument);
    if (result !== 0) {
      complain(host, doing, argument, result);
      error = result;
    }
    at = argument.next;
  }
  return { error, afterDashes: undefined };
}

/** unknown_module_param_cb in kernel/module/main.c: never an error. */
const unknown = (host: ParseHost, doing: ByteString, { name, value }: Argument): void => {
  if (name === "async_probe" || host.dynamicDebug(name, value)) return;
  // Looking for a "MODULE.dyndbg" has cut the name at its dot.
  host.printk(4, `${doing}: unknown parameter '${name.replace(/\.[^]*/, "")}' ignored`);
};

/** Reads a parameter as /sys/module/NAME/parameters/ does: the text its `get` writes to `buffer`. */
export function* getParameter(
  memory: GuestMemory,
  parameter: Parameter,
  buffer: Address,
): Routine<{ length: number }> {
  const get = memory.pointer(parameter.ops + OPS.GET);
  if (get === 0) return { length: -1 };
  const length = asInt(yield* callGuest(get, buffer, parameter.address));
  return { length };
}

/** Calls each parameter's `free` (module_destroy_params). */
export function* destroyParameters(memory: GuestMemory, parameters: readonly Parameter[]): Routine<void> {
  for (const parameter of parameters) {
    const free = memory.pointer(parameter.ops + OPS.FREE);
    if (free !== 0) yield* callGuest(free, parameter.argument);
  }
}
