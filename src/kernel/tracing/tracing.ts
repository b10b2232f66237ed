import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { EBUSY, ENODEV, ENOENT } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import type { Module } from "../modules/module.ts";
import type { Routine } from "../routine.ts";
import { hostText, textFile } from "../vfs/kept-files.ts";
import type { FileOperations } from "../vfs/operations.ts";
import { type TraceBuffer, createTraceBuffer } from "./buffer.ts";
import { type TraceEvents, createTraceEvents } from "./events.ts";
import { fireTracepoint, kernelTracepoint, kernelTracepoints } from "./tracepoints.ts";

/** tracefs, and what writes to it. */
export interface Tracing {
  readonly buffer: TraceBuffer;
  readonly events: TraceEvents;
  /** Buffers of their own, by the guest's struct trace_array. */
  readonly instances: Instances;
  /** trace_printk() has somewhere to put its text together; without it instances print nothing. */
  allocateBuffers(): void;
  readonly hasBuffers: boolean;
  moduleComing(module: Module): void;
  moduleGoing(module: Module): Routine<void>;
  /** Addresses of all the kernel's tracepoints. */
  tracepoints(): Address[];
  /** Calls the probes of one of the kernel's tracepoints. Errno ENOENT. */
  fire(tracepoint: string, args: readonly (number | bigint)[]): Routine<void>;
}

export interface Instances {
  /** Makes it when there is none of that name; one reference more. */
  get(name: ByteString): Address;
  /** One reference less. */
  put(array: Address): void;
  buffer(array: Address): TraceBuffer | undefined;
  /** Errno ENODEV when there is no such instance, EBUSY while somebody has it. */
  destroy(array: Address): void;
}

interface Instance {
  readonly name: ByteString;
  readonly buffer: TraceBuffer;
  references: number;
}

const ROOT = "/sys/kernel/debug/tracing";

/** trace_printk_init_buffers() */
const NOTICE = [
  "",
  "**********************************************************",
  "**   NOTICE NOTICE NOTICE NOTICE NOTICE NOTICE NOTICE   **",
  "**                                                      **",
  "** trace_printk() being used. Allocating extra memory.  **",
  "**                                                      **",
  "** This means that this is a DEBUG kernel and it is     **",
  "** unsafe for production use.                           **",
  "**                                                      **",
  "** If you see this message and you are not debugging    **",
  "** the kernel, report this immediately to your vendor!  **",
  "**                                                      **",
  "**   NOTICE NOTICE NOTICE NOTICE NOTICE NOTICE NOTICE   **",
  "**********************************************************",
];

const traceFile = (buffer: TraceBuffer): FileOperations =>
  textFile(
    function* () {
      return buffer.text();
    },
    // Whatever is written empties it: that is how it is opened.
    function* () {
      buffer.clear();
    },
  );

const createInstances = (k: Kernel): Instances => {
  const known: JournalMap<Address, Instance> = k.journal.map();
  return {
    get(name) {
      for (const [array, instance] of known.entries()) {
        if (instance.name !== name) continue;
        k.journal.touch(instance).references += 1;
        return array;
      }
      const array = k.statics.allocate(64);
      const buffer = createTraceBuffer(k);
      // One of them is the list's.
      known.set(array, { name, buffer, references: 2 });
      const { tree } = k.vfs;
      tree.add(
        tree.directory(`${ROOT}/instances/${name}`),
        "trace",
        tree.newSpecial(0o640, traceFile(buffer)),
      );
      return array;
    },
    put(array) {
      const instance = known.get(array);
      if (instance !== undefined && instance.references > 0) k.journal.touch(instance).references -= 1;
    },
    buffer: (array) => known.get(array)?.buffer,
    destroy(array) {
      const instance = known.get(array);
      if (instance === undefined) throw new Errno(ENODEV);
      if (instance.references > 1) throw new Errno(EBUSY);
      k.vfs.tree.directory(`${ROOT}/instances`).entries.delete(instance.name);
      known.delete(array);
    },
  };
};

export const populateTracing = (k: Kernel): void => {
  const { tree } = k.vfs;
  const { buffer } = k.tracing;
  const root = tree.directory(ROOT);
  const add = (name: ByteString, mode: number, operations: FileOperations): void =>
    tree.add(root, name, tree.newSpecial(mode, operations));
  add("trace", 0o640, traceFile(buffer));
  add(
    "current_tracer",
    0o640,
    hostText(() => "nop\n"),
  );
  add(
    "available_tracers",
    0o440,
    hostText(() => "nop\n"),
  );
  add(
    "tracing_on",
    0o640,
    hostText(() => "1\n"),
  );
  const mark = function* (text: string): Routine<void> {
    buffer.add(text, k.symbols.address("tracing_mark_write"));
  };
  add("trace_marker", 0o220, textFile(undefined, mark));
  tree.directory(`${ROOT}/events`);
  tree.directory(`${ROOT}/instances`);
};

export const createTracing = (k: Kernel): Tracing => {
  const state = { warned: false, allocated: false };
  const allocateBuffers = (): void => {
    k.journal.touch(state).allocated = true;
  };
  const buffer = createTraceBuffer(k);
  const events = createTraceEvents(k, ROOT, buffer);
  return {
    buffer,
    events,
    instances: createInstances(k),
    allocateBuffers,
    get hasBuffers() {
      return state.allocated;
    },
    moduleComing(module) {
      events.moduleComing(module);
      if (state.warned || (module.sections?.traceBprintkFmt.count ?? 0) === 0) return;
      k.journal.touch(state).warned = true;
      allocateBuffers();
      for (const line of NOTICE) k.printk(4, line);
    },
    moduleGoing: (module) => events.moduleGoing(module),
    tracepoints: () => kernelTracepoints(k).map((name) => kernelTracepoint(k, name) ?? 0),
    *fire(name, args) {
      const tracepoint = kernelTracepoint(k, name);
      if (tracepoint === undefined) throw new Errno(ENOENT);
      yield* fireTracepoint(k, tracepoint, args);
    },
  };
};
