/** arch/x86/include/asm/nmi.h, as arch/x86/kernel/nmi.c does it. */
import { addFirst, addTail, entries, initList, removeInit } from "../../src/kernel/data/guest-list.ts";
import type { Address } from "../../src/base/address.ts";
import { EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const FLAG_FIRST = 1;
const TYPES = 4;
const level = { partial: "no NMI ever comes" } as const;

/** The list of a kind of NMI; made when first asked for. */
const listOf = (k: Kernel, type: number): Address => {
  const { chains } = k.driverCore;
  const name = `nmi ${type % TYPES}`;
  const known = chains.get(name);
  if (known !== undefined) return known;
  const made = k.statics.allocate(16);
  initList(k.memory, made);
  chains.set(name, made);
  return made;
};
const nameOf = (k: Kernel, action: Address): string =>
  k.memory.cstring(k.memory.pointer(action + k.offsetOf("nmiaction", "name")), 256);

const find = (k: Kernel, type: number, name: string): Address | undefined => {
  for (const action of entries(k.memory, listOf(k, type))) if (nameOf(k, action) === name) return action;
  return undefined;
};

export const registerNmiHandler = stub(
  "int __register_nmi_handler(unsigned int type, struct nmiaction *action)",
  { fails: ["EINVAL"], acquires: { "NMI handler": "action" }, level },
  (k, { type, action }) => {
    const linked = k.memory.pointer(action);
    const handler = k.memory.pointer(action + k.offsetOf("nmiaction", "handler"));
    if (handler === 0 || (linked !== 0 && linked !== action)) throw new Errno(EINVAL);
    const isFirst = (Number(k.memory.u64(action + k.offsetOf("nmiaction", "flags"))) & FLAG_FIRST) !== 0;
    (isFirst ? addFirst : addTail)(k.memory, action, listOf(k, type));
    return 0;
  },
);
export const unregisterNmiHandler = stub(
  "void unregister_nmi_handler(unsigned int type, const char *name)",
  {
    sleeps: true,
    releases: { "NMI handler": (k, { type, name }) => find(k, type, k.memory.cstring(name, 256)) },
    level,
  },
  (k, { type, name }) => {
    const found = find(k, type, k.memory.cstring(name, 256));
    if (found !== undefined) removeInit(k.memory, found);
  },
);
