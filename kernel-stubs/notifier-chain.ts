/** Notifier chains, those of the kernel's own among them: kernel/notifier.c. */
import type { Address } from "../src/base/address.ts";
import { Errno } from "../src/base/errors.ts";
import type { Kernel } from "../src/kernel/kernel.ts";
import { registerNotifier, unregisterNotifier } from "../src/kernel/notifier.ts";
import type { Site } from "../src/kernel/oops/incident.ts";
import { functionText } from "../src/kernel/oops/symbol-text.ts";
import { type Stub, stub } from "../src/stub/declare.ts";

export type HeadKind = "atomic" | "blocking" | "raw" | "srcu";

/** notifier_chain_register()'s warning, by the function it is part of. */
const TWICE: Readonly<Record<HeadKind, Site & { readonly via?: readonly string[] }>> = {
  atomic: {
    source: "kernel/notifier.c:28",
    at: "atomic_notifier_chain_register+0x52/0x80",
    code: "1a 8b 73 10 3b 72 10 7f 3e 48 8d 4a 08 48 8b 52 08 48 85 d2 74 31 48 39 d3 75 e9 48 8b 33 48 c7 c7 90 da 34 82 e8 5e ed fc ff <0f> 0b bb ef ff ff ff 4c 89 e6 48 89 ef e8 8c 6e 98 00 89 d8 5b 5d",
  },
  blocking: {
    source: "kernel/notifier.c:28",
    at: "notifier_chain_register+0x3e/0x70",
    code: "10 7f 33 75 04 84 d2 75 3b 48 8d 78 08 48 8b 40 08 48 85 c0 74 20 48 39 c6 75 e0 48 8b 36 48 c7 c7 90 da 34 82 e8 62 f0 fc ff <0f> 0b b8 ef ff ff ff e9 46 f3 d2 00 48 89 46 08 31 c0 48 89 37 e9",
    via: ["blocking_notifier_chain_register+0x2f/0x60"],
  },
  raw: {
    source: "kernel/notifier.c:28",
    at: "raw_notifier_chain_register+0x3b/0x60",
    code: "1a 8b 56 10 3b 50 10 7f 2d 48 8d 78 08 48 8b 40 08 48 85 c0 74 20 48 39 c6 75 e9 48 8b 36 48 c7 c7 90 da 34 82 e8 55 ee fc ff <0f> 0b b8 ef ff ff ff e9 39 f1 d2 00 48 89 46 08 31 c0 48 89 37 e9",
  },
  srcu: {
    source: "kernel/notifier.c:28",
    at: "srcu_notifier_chain_register+0x60/0xe0",
    code: "1a 8b 53 10 3b 50 10 7f 3b 48 8d 68 08 48 8b 40 08 48 85 c0 74 2e 48 39 c3 75 e9 48 8b 33 48 c7 c7 90 da 34 82 e8 50 e8 fc ff <0f> 0b bb ef ff ff ff 4c 89 e7 e8 61 0b 98 00 89 d8 5b 5d 41 5c e9",
  },
};

/** Adds a block; one that is there already is complained about. */
export const registerBlock = (k: Kernel, kind: HeadKind, head: Address, block: Address): number => {
  try {
    registerNotifier(k.memory, head, block);
  } catch (error) {
    const { via = [], ...site } = TWICE[kind];
    const callback = functionText(k.symbols, k.memory.pointer(block));
    k.traces.warn(site, { message: `notifier callback ${callback} already registered`, via });
    throw error;
  }
  return 0;
};

/** The head of a chain of the kernel's own, by the function that joins it; made when first asked for. */
export const chainHead = (k: Kernel, add: string): Address => {
  const { chains } = k.driverCore;
  const known = chains.get(add);
  if (known !== undefined) return known;
  const made = k.statics.allocate(8);
  chains.set(add, made);
  return made;
};

/** Functions of type void tell nobody when they fail. */
const told = (prototype: string, change: () => void): number => {
  const isQuiet = prototype.startsWith("void ");
  try {
    change();
  } catch (error) {
    if (!isQuiet || !(error instanceof Errno)) throw error;
  }
  return (isQuiet ? undefined : 0) as unknown as number;
};

type OnBlock = "int f(struct notifier_block *nb)";

/**
 * A chain of the kernel's own, by the functions that join and leave it ("void NAME" where they answer nothing);
 * entries are kept in its order even where nothing calls them.
 */
export const kernelChain = (add: string, remove: string, missing?: string): Stub[] => {
  const level = missing === undefined ? {} : { level: { partial: missing } };
  const [joins, leaves] = [add, remove].map((name) =>
    name.startsWith("void ")
      ? `${name}(struct notifier_block *nb)`
      : `int ${name}(struct notifier_block *nb)`,
  ) as [OnBlock, OnBlock];
  const chain = add.replace("void ", "");
  const fails = (prototype: string, errno: "EEXIST" | "ENOENT"): ("EEXIST" | "ENOENT")[] =>
    prototype.startsWith("void ") ? [] : [errno];
  return [
    stub(joins, { fails: fails(joins, "EEXIST"), acquires: { notifier: "nb" }, ...level }, (k, { nb }) =>
      // These chains are blocking ones, or as good as.
      told(joins, () => registerBlock(k, "blocking", chainHead(k, chain), nb)),
    ),
    stub(leaves, { fails: fails(leaves, "ENOENT"), releases: { notifier: "nb" }, ...level }, (k, { nb }) =>
      told(leaves, () => unregisterNotifier(k.memory, chainHead(k, chain), nb)),
    ),
  ];
};
