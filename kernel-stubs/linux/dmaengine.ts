/** include/linux/dmaengine.h (drivers/dma/dmaengine.c). */
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const level = { partial: "no device ever offers channels" } as const;

/** There is one count for all clients. */
const clients = (k: Kernel): number => k.symbols.address("dmaengine_get") ?? 0;

/** For clients that want channels of whatever device has some. */
export const dmaengineGet = stub(
  "void dmaengine_get(void)",
  { sleeps: true, acquires: { "dmaengine client": clients }, level },
  () => {},
);
export const dmaenginePut = stub(
  "void dmaengine_put(void)",
  { sleeps: true, releases: { "dmaengine client": clients }, level },
  () => {},
);
