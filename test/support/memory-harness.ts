import { createStructViews } from "../../src/profile/struct-view.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { createTestMemory, testProfile } from "./kernel-memory.ts";
import { createStubHarness } from "./stub-harness.ts";

/** Stubs over the real allocators; `text` places a string in the heap. */
export const createMemoryHarness = (megabytes = 64) => {
  const memory = createTestMemory({ megabytes });
  const views = createStructViews(testProfile, memory.host.memory);
  const printed: string[] = [];
  const overrides = {
    memory: memory.host.memory,
    machine: { frames: memory.host.frames },
    profile: testProfile,
    heap: memory.heap,
    pages: memory.pages,
    vmalloc: memory.vmalloc,
    percpu: memory.percpu,
    io: memory.io,
    memSections: memory.memSections,
    image: { contains: () => false },
    offsetOf: views.offsetOf,
    sizeOf: views.sizeOf,
    format: {
      memory: memory.host.memory,
      hashKey: [1n, 2n],
      symbolize: () => undefined,
      warnOnce: () => {},
    },
    log: { print: (line: string) => printed.push(line) },
    traces: {
      panic(message: string): never {
        throw new Error(`panic: ${message}`);
      },
    },
  } as unknown as Partial<Kernel>;
  const harness = createStubHarness(overrides);
  const text = (value: string): number => memory.heap.internal(Buffer.from(`${value}\0`, "latin1"));
  return { ...harness, ...memory, memory: memory.host.memory, printed, text };
};
