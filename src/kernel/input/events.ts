/** What becomes of an event: kept, filtered, handed to the device and its listeners (drivers/input/input.c). */
import type { Address } from "../../base/address.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { EV, bit, setBit, supports } from "./bits.ts";
import { consoleKey } from "./keyboard.ts";

interface Disposition {
  readonly value: number;
  readonly handlers?: true;
  readonly device?: true;
}

/** input_defuzz_abs_event() */
const defuzz = (value: number, old: number, fuzz: number): number => {
  if (fuzz === 0) return value;
  const distance = Math.abs(value - old);
  if (distance < Math.trunc(fuzz / 2)) return old;
  if (distance < fuzz) return Math.trunc((old * 3 + value) / 4);
  return distance < fuzz * 2 ? Math.trunc((old + value) / 2) : value;
};

const absolute = (k: Kernel, dev: Address, code: number, value: number): Disposition | undefined => {
  const { absinfo } = k.struct("input_dev", dev);
  if (absinfo === 0) return undefined;
  const info = k.struct("input_absinfo", absinfo + code * k.sizeOf("input_absinfo"));
  const smooth = defuzz(value, info.value, info.fuzz);
  if (smooth === info.value) return undefined;
  info.value = smooth;
  return { value: smooth, handlers: true };
};

const STATES: Readonly<Record<number, string>> = { [EV.KEY]: "key", [EV.SW]: "sw", [EV.LED]: "led" };
const REPEAT = 2;

/** input_get_disposition(): undefined for an event that changes nothing. */
const disposition = (
  k: Kernel,
  dev: Address,
  type: number,
  code: number,
  value: number,
): Disposition | undefined => {
  if (k.struct("input_dev", dev).inhibited) return undefined;
  if (type === EV.SYN) return code === 0 || code === 2 ? { value, handlers: true } : undefined;
  if (type === EV.PWR) return { value, handlers: true, device: true };
  if (!supports(k, dev, type, code)) return undefined;
  if (type === EV.ABS) return absolute(k, dev, code, value);
  if (type === EV.REL) return value === 0 ? undefined : { value, handlers: true };
  if (type === EV.MSC || type === EV.SND || type === EV.FF) return { value, handlers: true, device: true };
  const map = STATES[type];
  if (map === undefined) return undefined;
  if (type === EV.KEY && value === REPEAT) return { value, handlers: true };
  if (bit(k, dev, map, code) === (value !== 0)) return undefined;
  setBit(k, dev, map, code, value);
  return type === EV.LED ? { value, handlers: true, device: true } : { value, handlers: true };
};

/** input_handle_event() */
export function* passEvent(
  k: Kernel,
  dev: Address,
  type: number,
  code: number,
  value: number,
): Routine<void> {
  const what = disposition(k, dev, type, code, value);
  if (what === undefined) return;
  const { event } = k.struct("input_dev", dev);
  if (what.device === true && event !== 0) yield* k.call(event, dev, type, code, what.value);
  if (what.handlers !== true || !k.input.registered.has(dev)) return;
  const packet = k.input.queue(dev, { type, code, value: what.value });
  if (type !== EV.SYN || code !== 0) return;
  k.input.take(dev);
  if (packet.length < 2) return;
  for (const each of packet) k.input.note(dev, each.type, each.code, each.value);
  yield* deliver(k, dev, packet);
}

export interface InputValue {
  readonly type: number;
  readonly code: number;
  readonly value: number;
}

const isFilter = (k: Kernel, handle: Address): boolean =>
  k.struct("input_handler", k.struct("input_handle", handle).handler).filter !== 0;

/** input_pass_values(): filters, the console, then the handlers of modules. */
function* deliver(k: Kernel, dev: Address, packet: readonly InputValue[]): Routine<void> {
  const { grab } = k.struct("input_dev", dev);
  const handles = (grab === 0 ? k.input.handlesOf(dev) : [grab]).filter(
    (handle) => k.struct("input_handle", handle).open !== 0,
  );
  let rest = packet;
  for (const handle of handles.filter((each) => isFilter(k, each))) {
    rest = yield* toHandler(k, handle, rest);
    if (rest.length === 0) return;
  }
  if (grab === 0)
    for (const { type, code, value } of rest) if (type === EV.KEY) yield* consoleKey(k, code, value);
  for (const handle of handles.filter((each) => !isFilter(k, each))) yield* toHandler(k, handle, rest);
}

/** input_to_handler(): what a filter has let pass. */
function* toHandler(
  k: Kernel,
  handle: Address,
  packet: readonly InputValue[],
): Routine<readonly InputValue[]> {
  const { filter, event, events } = k.struct("input_handler", k.struct("input_handle", handle).handler);
  const passed: InputValue[] = [];
  for (const each of packet) {
    const { type, code, value } = each;
    const kept = filter === 0 ? 0n : (yield* k.call(filter, handle, type, code, value)) & 0xffn;
    if (kept === 0n) passed.push(each);
  }
  if (events !== 0 && passed.length > 0) yield* callWithValues(k, events, handle, passed);
  else if (event !== 0)
    for (const { type, code, value } of passed) yield* k.call(event, handle, type, code, value);
  return passed;
}

function* callWithValues(
  k: Kernel,
  events: Address,
  handle: Address,
  packet: readonly InputValue[],
): Routine<void> {
  const size = k.sizeOf("input_value");
  const at = k.heap.internal(new Uint8Array(size * packet.length));
  packet.forEach((each, index) => Object.assign(k.struct("input_value", at + index * size), each));
  yield* k.call(events, handle, at, packet.length);
  k.heap.kfree(at);
}
