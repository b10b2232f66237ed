/** Accesses to pages, mappings and per-CPU memory that were given back. */
import { type Address, PAGE_SIZE } from "../../base/address.ts";
import { counted } from "../../base/words.ts";
import type { Related } from "../../kernel/events.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import { DIRECT_MAP } from "../../kernel/memory/layout.ts";
import type { Released } from "../ledger/books.ts";
import { kindOf } from "../ledger/kinds.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { acquiredPlace, freedPlace } from "../ledger/wording.ts";

/** Where an address lies, in words, and what happened to the memory there. */
export interface Whose {
  readonly text: string;
  readonly related: readonly Related[];
}

/** Kinds whose keys are not where the memory is seen. */
const placeOf = (k: Kernel, { held: { kind, key } }: Released): Address => {
  if (kind !== "percpu") return key;
  const physical = k.machine.translate(k.percpu.address(key));
  return physical === undefined ? 0 : DIRECT_MAP + physical;
};

/** Mappings have an unmapped page behind them, which belongs to nobody else. */
const PAGED = new Set(["vmalloc", "ioremap", "memremap", "vmap", "vm_map_ram"]);

const lastAt = (k: Kernel, ledger: Ledger, address: Address): Released | undefined =>
  ledger.releases().findLast((each) => {
    const { kind, size } = each.held;
    if (size === undefined || kindOf(kind).family !== "memory" || kind === "slab") return false;
    const away = address - placeOf(k, each);
    return away >= 0 && away < (PAGED.has(kind) ? Math.ceil(size / PAGE_SIZE) * PAGE_SIZE : size);
  });

export const formerly = (k: Kernel, ledger: Ledger, address: Address): Whose => {
  const gone = lastAt(k, ledger, address);
  if (gone === undefined) return { text: "", related: [] };
  const { kind, size = 0 } = gone.held;
  const away = counted(address - placeOf(k, gone), "byte");
  return {
    text: `, ${away} inside ${counted(size, "byte")} that were ${kindOf(kind).noun}`,
    related: [freedPlace(ledger.stacks, gone), acquiredPlace(ledger.stacks, gone.held)],
  };
};

/** What is unmapped when it is given back faults: tells who had it. */
export const watchFaults = (k: Kernel, ledger: Ledger): void => {
  const state: { address: Address | undefined } = { address: undefined };
  k.events.on((event) => {
    if (event.kind === "fault") state.address = event.address;
    if (event.kind !== "finding" || event.finding.kind !== "page-fault") return;
    const { address } = state;
    state.address = undefined;
    if (address === undefined) return;
    const { text, related } = formerly(k, ledger, address);
    if (related.length === 0) return;
    const { where, stack } = event.finding;
    const place = BigInt.asUintN(64, BigInt(address)).toString(16);
    k.findings.add({
      kind: "use-after-free",
      severity: "error",
      message: `access to 0x${place}${text}`,
      where,
      stack,
      related,
    });
  });
};
