import type { Address } from "../base/address.ts";
import { type RegisterFile, registerFile } from "../abi/calls.ts";
import type { Linkage } from "../kernel/boot/kernel.ts";
import type { Trap } from "../kernel/execution.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { JournalSet } from "../kernel/journal.ts";
import type { Binder } from "./bind.ts";
import type { Declared, RegisterStub, Stub } from "./declare.ts";
import type { Registry } from "./registry.ts";
import { trapFor } from "./trap.ts";

/** An import that no stub serves. */
export interface UnknownImports {
  /** What to declare for it, or undefined to leave it unbound. */
  declare(name: string): Declared | undefined;
}

/**
 * Joins the kernel's symbols to their stubs. A function costs nothing until it is first called:
 * kernel text is full of `hlt`, and whoever gets to an address finds its stub then.
 */
export const createLinker = (
  k: Kernel,
  registry: Registry,
  binder: Binder,
  unknown: UnknownImports,
): Linkage => {
  const registers: RegisterFile = registerFile(k.executor.registers);
  const placed: JournalSet<Address> = k.journal.set();
  /** Names by which modules know an address; the kernel has aliases. */
  const names = new Map<Address, string>();

  const placeVariable = (name: string, address: Address, size: number, kind: "data" | "percpu"): void => {
    if (placed.has(address)) return;
    placed.add(address);
    if (kind === "data") k.image.placeData(address, size);
    else if (k.cpu.owns(name)) return;
    const declared = registry.find(name);
    if (declared?.kind === "variable") declared.init(k, { name, address, size });
    else if (kind === "percpu") {
      const bytes = k.profile.dataInit(name);
      if (bytes !== undefined) k.machine.poke(address, bytes);
    }
  };
  /** What binding came to, which outlives snapshots: they take back only that it was placed. */
  const guesses = new Map<string, Declared | undefined>();
  const traps = new Map<Address, { readonly declared: Declared; readonly trap: Trap }>();
  const guess = (name: string): Declared | undefined => {
    if (!guesses.has(name)) guesses.set(name, unknown.declare(name));
    return guesses.get(name);
  };
  const trapAt = (address: Address, declared: Stub | RegisterStub): Trap => {
    const known = traps.get(address);
    if (known?.declared === declared) return known.trap;
    const trap = trapFor(k, binder, declared, registers);
    traps.set(address, { declared, trap });
    return trap;
  };
  const placeFunction = (name: string, address: Address): boolean => {
    const declared = registry.find(name) ?? guess(name);
    if (declared === undefined || declared.kind === "variable") return false;
    if (declared.kind === "code") {
      k.image.placeCode(address, declared.bytes(address));
      return true;
    }
    k.executor.traps.set(address, trapAt(address, declared));
    k.image.placeTrap(address);
    return true;
  };

  return {
    resolve(name) {
      const symbol = k.profile.symbol(name);
      if (symbol === undefined) return undefined;
      const { address, size, kind, crc, gpl, namespace } = symbol;
      if (kind === "function") {
        names.set(address, name);
        // Now, for bringing it in when it is called takes an exception.
        k.image.fault(address);
      } else placeVariable(name, kind === "percpu" ? k.cpu.base + address : address, size, kind);
      return { value: address, crc, gplOnly: gpl, namespace, owner: undefined };
    },
    bindAt(address) {
      const name = names.get(address) ?? startingAt(k, address);
      return name !== undefined && placeFunction(name, address);
    },
  };
};

/** A function that is not exported, reached through a pointer in the kernel's data. */
const startingAt = (k: Kernel, address: Address): string | undefined => {
  const symbol = k.profile.symbolAt(address);
  return symbol?.address === address ? symbol.name : undefined;
};
