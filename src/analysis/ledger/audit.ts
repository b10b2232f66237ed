import type { ByteString } from "../../base/bytes.ts";
import type { Finding } from "../../kernel/events.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import { type Family, kindOf } from "./kinds.ts";
import type { Held } from "./books.ts";
import type { Ledger } from "./ledger.ts";
import { unreachable } from "./reach.ts";
import { acquiredPlace } from "./wording.ts";

/** When the books are looked at: the module is gone, because its init failed or it was removed. */
export type Occasion = "failed-init" | "exit";

const AFTER: Readonly<Record<Occasion, string>> = {
  "failed-init": "after its init failed",
  exit: "after its exit",
};

const KIND: Readonly<Record<Family, string>> = {
  memory: "leak",
  registration: "left-registered",
  activity: "left-active",
  reference: "reference-leak",
};

const message = (first: Held, all: readonly Held[], after: string): string => {
  const { family, noun } = kindOf(first.kind);
  const many = all.length === 1 ? noun : `${all.length} times ${noun}`;
  const bytes = all.reduce((sum, { size = 0 }) => sum + size, 0);
  switch (family) {
    case "memory":
      return `${bytes === 0 ? many : `${bytes} bytes${all.length === 1 ? "" : ` in ${all.length} objects`}`} of ${first.acquired.by}() never freed ${after}`;
    case "registration":
      return `${many} (${first.acquired.by}) still registered ${after}: the kernel goes on using what is gone`;
    case "activity":
      return `${many} (${first.acquired.by}) left ${after}: it will run code that is gone`;
    case "reference":
      return `${many} (${first.acquired.by}) never dropped ${after}`;
  }
};

const findingOf = (ledger: Ledger, all: readonly Held[], after: string): Finding[] => {
  const [first] = all;
  if (first === undefined) return [];
  const place = acquiredPlace(ledger.stacks, first);
  const { family } = kindOf(first.kind);
  return [
    {
      kind: KIND[family],
      severity: family === "memory" ? "warning" : "error",
      message: message(first, all, after),
      where: place.stack[0],
      stack: place.stack,
      related: [place],
    },
  ];
};

/** One finding for all that were taken at one place. */
const grouped = (held: readonly Held[]): Held[][] => {
  const groups = new Map<string, Held[]>();
  for (const each of held) {
    const key = [each.kind, ...each.acquired.stack.map(({ address }) => address)].join(" ");
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()];
};

/** A module that leaves more behind has shown what it does. */
const MOST = 100;

const SCANNED = new Set(["slab", "vmalloc", "page"]);

/** Of memory, what nobody can find any more. */
const lost = (k: Kernel, memory: readonly Held[]): Held[] => {
  const extents = memory.flatMap((held) => {
    if (!SCANNED.has(held.kind)) return [];
    const size = held.size ?? k.vmalloc.find(held.key)?.size ?? 4096;
    return [{ base: held.key, size: Math.max(size, 1), held }];
  });
  const kept = memory.filter(({ kind }) => !SCANNED.has(kind));
  return [...unreachable(k, extents).map(({ held }) => held), ...kept];
};

/** kfree_rcu(): the memory goes with the grace period. */
const freedLater = (k: Kernel, { key }: Held): boolean => k.timeline.expects("rcu-free", key);

/** What a module that is gone has left behind so far, one finding a place. To be asked once all has settled. */
export const leftBehind = (
  k: Kernel,
  ledger: Ledger,
  module: ByteString,
  occasion: Occasion,
): readonly Finding[] => {
  const left = ledger.held().filter((held) => held.module === module && !freedLater(k, held));
  if (left.length === 0) return [];
  const isMemory = ({ kind }: Held): boolean => kindOf(kind).family === "memory";
  const reported = [...left.filter((held) => !isMemory(held)), ...lost(k, left.filter(isMemory))];
  return grouped(reported).flatMap((all) => findingOf(ledger, all, AFTER[occasion]));
};

/** The same, added to the kernel's findings; the ledger then says no more about it. */
export const auditModule = (k: Kernel, ledger: Ledger, module: ByteString, occasion: Occasion): void => {
  for (const finding of leftBehind(k, ledger, module, occasion).slice(0, MOST)) k.findings.add(finding);
  ledger.forget(ledger.held().filter((held) => held.module === module));
};

/** Why a module cannot be removed: references on it that its own code took and keeps. */
export const auditReferences = (k: Kernel, ledger: Ledger, module: ByteString): Finding[] => {
  const address = k.modules.list.find(module)?.address;
  const kept = ledger.held().filter(({ kind, key }) => kind === "module" && key === address);
  const findings = grouped(kept).flatMap((all) => findingOf(ledger, all, "when it was to be removed"));
  for (const finding of findings) k.findings.add(finding);
  return findings;
};
