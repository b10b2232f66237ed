/** Trace events: structures that tracepoints fill in, and lines made of them (kernel/trace/trace_events.c). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import type { Module } from "../modules/module.ts";
import type { Routine } from "../routine.ts";
import { textFile } from "../vfs/kept-files.ts";
import type { TraceBuffer } from "./buffer.ts";
import { DEFAULT_PRIO, addProbe, removeProbe } from "./tracepoints.ts";

/** First number that a module's event gets on the recorded machine. */
const FIRST_TYPE = 1338;
/** TP_STRUCT__entry and what comes before it; larger events are not written. */
const MAX_EVENT = 4096;

interface TraceEvent {
  readonly call: Address;
  /** Its struct trace_event_file. */
  readonly file: Address;
  readonly system: ByteString;
  readonly name: ByteString;
  readonly module: ByteString;
  enabled: boolean;
}

export interface TraceEvents {
  /** Makes the files of a module's events. */
  moduleComing(module: Module): void;
  moduleGoing(module: Module): Routine<void>;
  all(): readonly TraceEvent[];
  enable(event: TraceEvent, on: boolean): Routine<void>;
  /** Room for an event of that size, and what the kernel puts at its beginning; 0 when it is not wanted. */
  reserve(file: Address, size: number): Address;
  /** The event is filled in: makes a line of it by its own function. */
  commit(file: Address, entry: Address): Routine<void>;
  /** What the event's function adds to its line. */
  print(text: ByteString): void;
  nameOf(call: Address): ByteString;
}

export const createTraceEvents = (k: Kernel, root: ByteString, buffer: TraceBuffer): TraceEvents => {
  const events: JournalMap<Address, TraceEvent> = k.journal.map();
  const state = { type: FIRST_TYPE, line: "", entry: 0, iterator: 0 };
  const callField = (): number => k.offsetOf("trace_event_file", "event_call");

  const nameOf = (call: Address): ByteString => {
    const { flags, tp, name } = k.struct("trace_event_call", call);
    // TRACE_EVENT_FL_TRACEPOINT: name and tp are one union.
    const at = (flags & FL_TRACEPOINT) === 0 ? name : k.struct("tracepoint", tp).name;
    return at === 0 ? "" : k.memory.cstring(at);
  };
  const enable = function* (event: TraceEvent, on: boolean): Routine<void> {
    if (event.enabled === on) return;
    const { class: type, tp } = k.struct("trace_event_call", event.call);
    const probe = {
      func: k.struct("trace_event_class", type).probe as Address,
      data: event.file,
      prio: DEFAULT_PRIO,
    };
    if (on) yield* addProbe(k, tp, probe);
    else yield* removeProbe(k, tp, probe);
    k.journal.touch(event).enabled = on;
  };
  const addFiles = (event: TraceEvent): void => {
    const { tree } = k.vfs;
    const directory = tree.directory(`${root}/events/${event.system}/${event.name}`);
    const show = function* (): Routine<string> {
      return event.enabled ? "1\n" : "0\n";
    };
    const store = (text: string): Routine<void> => enable(event, text.trim() !== "0");
    tree.add(directory, "enable", tree.newSpecial(0o640, textFile(show, store)));
    const { type } = k.struct("trace_event_call", event.call).event;
    const id = function* (): Routine<string> {
      return `${type}\n`;
    };
    tree.add(directory, "id", tree.newSpecial(0o440, textFile(id)));
  };
  const register = (module: Module, call: Address): void => {
    const view = k.struct("trace_event_call", call);
    k.journal.touch(state).type += 1;
    view.event.type = state.type - 1;
    const file = k.statics.allocate(k.sizeOf("trace_event_file"));
    k.memory.setPointer(file + callField(), call);
    const system = k.memory.cstring(k.struct("trace_event_class", view.class).system);
    const event = { call, file, system, name: nameOf(call), module: module.name, enabled: false };
    events.set(call, event);
    addFiles(event);
  };

  return {
    moduleComing(module) {
      const table = module.sections?.traceEvents;
      for (let index = 0; index < (table?.count ?? 0); index += 1) {
        register(module, k.memory.pointer((table?.address ?? 0) + index * 8));
      }
    },
    *moduleGoing(module) {
      const systems = new Set<ByteString>();
      for (const event of events.values()) {
        if (event.module !== module.name) continue;
        yield* enable(event, false);
        events.delete(event.call);
        systems.add(event.system);
      }
      for (const system of systems) {
        const { directory, name } = k.vfs.tree.parent(`${root}/events/${system}`);
        directory.entries.delete(name);
      }
    },
    all: () => [...events.values()],
    enable,
    reserve(file, size) {
      const event = events.get(k.memory.pointer(file + callField()));
      if (event === undefined || size > MAX_EVENT) return 0;
      if (state.entry === 0) k.journal.touch(state).entry = k.statics.allocate(MAX_EVENT);
      k.memory.fill(state.entry, 0, size);
      k.memory.setU16(state.entry, k.struct("trace_event_call", event.call).event.type);
      k.memory.setU32(state.entry + 4, k.current.pid);
      return state.entry;
    },
    *commit(file, entry) {
      const event = events.get(k.memory.pointer(file + callField()));
      if (event === undefined) return;
      if (state.iterator === 0)
        k.journal.touch(state).iterator = k.statics.allocate(k.sizeOf("trace_iterator"));
      const view = k.struct("trace_iterator", state.iterator);
      view.ent = entry as typeof view.ent;
      const at = event.call + k.offsetOf("trace_event_call", "event");
      const { trace } = k.struct("trace_event_functions", k.struct("trace_event", at).funcs);
      k.journal.touch(state).line = "";
      yield* k.call(trace, state.iterator, 0, at);
      buffer.add(state.line);
    },
    print(text) {
      k.journal.touch(state).line += text;
    },
    nameOf,
  };
};

/** include/linux/trace_events.h */
const FL_TRACEPOINT = 1 << 4;
