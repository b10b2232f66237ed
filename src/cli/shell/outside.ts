/** `kobox VERB ...` at the prompt: what happens from outside the kernel, which no program could do. */
import { displayText } from "../../base/bytes.ts";
import { strerror } from "../../base/strerror.ts";
import { Errno, KoboxError } from "../../base/errors.ts";
import { pressKeys, typeText } from "../../kernel/input/typing.ts";
import { CHAINS, notifyChain } from "../../kernel/notify-chains.ts";
import { goDown, isPowerAction } from "../../kernel/power.ts";
import type { Routine } from "../../kernel/routine.ts";
import type { Sandbox } from "../../sandbox.ts";
import { inject, link, netlink } from "./network.ts";
import { declareDevice } from "../../kernel/devices/declared.ts";
import { readDeviceFile } from "../../library/device-file.ts";
import { usageFailure } from "./options.ts";
import { type Program, type ProgramCall, ProgramFailure } from "./program.ts";

type Verb = (sandbox: Sandbox, call: ProgramCall, args: readonly string[]) => Routine<number>;

const number = (text: string): bigint => {
  if (!/^-?(0x[0-9a-fA-F]+|\d+)$/.test(text)) throw new ProgramFailure(`invalid number '${text}'`);
  return text.startsWith("-") ? -BigInt(text.slice(1)) : BigInt(text);
};

/** kobox irq LINE: a device pulls the line; 1 when nobody listens. */
const irq: Verb = function* ({ kernel }, _call, [line]) {
  if (line === undefined) throw usageFailure("kobox", "irq LINE");
  const heard = kernel.irqs.raise(Number(number(line)));
  if (!heard) throw new ProgramFailure(`irq ${line}: nobody listens`);
  // The handler runs before anything else does.
  yield { kind: "yield" };
  return 0;
};

/** kobox key KEY...: keys of the machine's keyboard go down and up. */
const key: Verb = function* ({ kernel }, _call, keys) {
  if (keys.length === 0) throw usageFailure("kobox", "key NAME[+NAME]... | down:NAME | up:NAME | str:TEXT");
  try {
    for (const each of keys) {
      if (isText(each)) typeText(kernel, each.slice(4));
      else pressKeys(kernel, each);
    }
  } catch (error) {
    if (error instanceof KoboxError) throw new ProgramFailure(`key: ${error.message}`);
    throw error;
  }
  yield { kind: "yield" };
  return 0;
};

/** kobox notify CHAIN ACTION [DATA]: one of the kernel's notifier chains is called; prints the last answer. */
const notify: Verb = function* ({ kernel }, { out }, [chain, action, data = "0"]) {
  if (chain === undefined || action === undefined)
    throw usageFailure("kobox", `notify CHAIN ACTION [DATA]\n\n\t${Object.keys(CHAINS).join(" ")}`);
  try {
    const told = yield* notifyChain(kernel, chain, Number(number(action)), Number(number(data)));
    yield* out.print(`${told}\n`);
    return 0;
  } catch (error) {
    if (error instanceof KoboxError) throw new ProgramFailure(`notify: ${error.message}`);
    throw error;
  }
};

/** kobox power off|halt|restart: the machine goes down, and the shell with it. */
const power: Verb = function* ({ kernel }, _call, [how = ""]) {
  if (!isPowerAction(how)) throw usageFailure("kobox", "power off|halt|restart");
  yield* goDown(kernel, how);
  return 0;
};

/** kobox events: what input devices have reported, one event a line: device, type, code, value. */
const events: Verb = function* ({ kernel }, { out }) {
  for (const { device: name, type, code, value } of kernel.input.events())
    yield* out.print(`${name}: ${type} ${code} ${value}\n`);
  return 0;
};

const isText = (word: string): boolean => word.startsWith("str:");

const TRACEPOINT = "tracepoint:";

/** kobox fire FUNCTION [ARGUMENT]... [= RESULT]: its probes and hooks run as if it had been called; of tracepoint:NAME too. */
const fire: Verb = function* ({ kernel }, { out }, args) {
  const at = args.indexOf("=");
  const [symbol, ...given] = at < 0 ? args : args.slice(0, at);
  if (symbol === undefined) throw usageFailure("kobox", "fire FUNCTION [NUMBER | str:TEXT]... [= RESULT]");
  const result = at < 0 ? 0n : number(args[at + 1] ?? "0");
  const texts = given.filter(isText).map((word) => Buffer.from(`${word.slice(4)}\0`, "latin1"));
  const places = texts.map((bytes) => kernel.heap.internal(bytes));
  const patterns = given.map((word) => (isText(word) ? (places.shift() ?? 0) : number(word)));
  try {
    if (symbol.startsWith(TRACEPOINT)) {
      yield* kernel.tracing.fire(symbol.slice(TRACEPOINT.length), patterns);
      return 0;
    }
    const answer = yield* kernel.probes.fire(symbol, patterns, BigInt.asUintN(64, result));
    yield* out.print(`${BigInt.asIntN(64, answer)}\n`);
    return 0;
  } catch (error) {
    if (error instanceof Errno) throw new ProgramFailure(`fire: the kernel has no ${symbol}`);
    throw error;
  }
};

/** kobox findings: bugs found in the guest so far, one a line; 1 when there are any but notes. */
const findings: Verb = function* ({ kernel }, { out }) {
  const found = kernel.findings.all().filter(({ severity }) => severity !== "note");
  for (const { severity, kind, message, where } of found) {
    yield* out.print(`${severity}: ${kind}: ${message}${where === undefined ? "" : ` at ${where}`}\n`);
  }
  return found.length === 0 ? 0 : 1;
};

/** kobox tasks: what each task waits for. */
const tasks: Verb = function* ({ kernel }, { out }) {
  for (const { pid, comm, state, waiting } of kernel.tasks.all()) {
    const doing = waiting === undefined ? state : `waits: ${waiting.reason}`;
    yield* out.print(`${String(pid).padStart(5)} ${displayText(comm).padEnd(16)} ${doing}\n`);
  }
  return 0;
};

/** kobox device FILE: what the file describes is on the platform bus from now on. */
const device: Verb = function* ({ kernel }, _call, [path]) {
  if (path === undefined) throw usageFailure("kobox", "device FILE.json");
  try {
    yield* declareDevice(kernel, readDeviceFile(kernel, path));
    return 0;
  } catch (error) {
    if (error instanceof Errno) throw new ProgramFailure(`device ${path}: ${strerror(error.errno)}`);
    if (error instanceof KoboxError) throw new ProgramFailure(`device: ${error.message}`);
    throw error;
  }
};

/** kobox helpers [PATH CODE]: programs that the kernel has started, one a line with its result; how one will end. */
const helpers: Verb = function* ({ kernel }, { out }, [program, code]) {
  if (program !== undefined && code !== undefined) {
    kernel.driverCore.usermode.endsWith(program, Number(number(code)) << 8);
    return 0;
  }
  for (const { path, argv, result } of kernel.driverCore.usermode.calls())
    yield* out.print(`${[path, ...argv.slice(1)].join(" ")} = ${result}\n`);
  return 0;
};

/** By the word behind `kobox`. */
export const VERBS: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  ["device", device],
  ["helpers", helpers],
  ["irq", irq],
  ["key", key],
  ["events", events],
  ["notify", notify],
  ["power", power],
  ["fire", fire],
  ["inject", inject],
  ["link", link],
  ["netlink", netlink],
  ["findings", findings],
  ["tasks", tasks],
]);

const USAGE = `VERB ...

	device FILE.json			a device is on the platform bus
	helpers					programs that the kernel has started
	helpers PATH CODE			from now on that program exits with this code
	irq LINE				a device raises the interrupt
	key KEY...				keys of the keyboard are pressed
	events					what input devices have reported
	notify CHAIN ACTION [DATA]		a notifier chain of the kernel is called
	power off|halt|restart			the machine goes down
	fire FUNCTION [ARG]... [= RESULT]	run its probes as if it had been called
	fire tracepoint:NAME [ARG]...		run its probes as if the kernel had passed it
	inject [OPTION]... [FROM [TO [TEXT]]]	a packet goes through netfilter hooks
	link [DEVICE [up|down|send|received]]	network devices and their cables
	netlink PROTOCOL [hex:BYTES]...		messages to a module's netlink socket
	findings				bugs found so far
	tasks					what each task waits for`;

/** Programs of the shell that act on the sandbox itself. */
export const outsidePrograms = (sandbox: Sandbox): ReadonlyMap<string, Program> => {
  const kobox: Program = function* (call) {
    const [name, ...rest] = call.args;
    const verb = VERBS.get(name ?? "");
    if (verb === undefined) throw usageFailure("kobox", USAGE);
    return yield* verb(sandbox, call, rest);
  };
  return new Map([["kobox", kobox]]);
};
