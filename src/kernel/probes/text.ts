/** Kernel and module text that probes change, and what may be probed. */
import { type Address, PAGE_SIZE, alignDown } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { branch32, CALL_OPCODE, nopOf } from "../../loader/text-patching.ts";
import type { Trap } from "../execution.ts";
import type { Kernel } from "../kernel.ts";
import type { Module } from "../modules/module.ts";

export const ENTRY_SIZE = 5;
export const INT3 = 0xcc;
const HLT_RET = [0xf4, 0xc3];

export const patch = (k: Kernel, address: Address, bytes: Uint8Array): void => {
  k.machine.poke(address, bytes);
  k.machine.codeChanged(address, bytes.length);
};

/** What stands where a function begins: nothing, or a call. */
export const patchEntry = (k: Kernel, address: Address, target: Address | undefined): void =>
  patch(
    k,
    address,
    Uint8Array.from(target === undefined ? nopOf(ENTRY_SIZE) : branch32(CALL_OPCODE, address, target)),
  );

/** Makes host code stand behind an address of the kernel image. Answers with the address. */
export const placeHost = (k: Kernel, name: string, enter: Trap["enter"]): Address => {
  const address = k.symbols.address(name) ?? 0;
  k.executor.traps.set(address, { name, writesRegisters: true, enter });
  k.image.placeTrap(address);
  return address;
};

/**
 * Makes a kernel function begin as compiled ones do, with room for a call, and its stub stand behind
 * that. False where no stub can be had. `bind` puts the stub at the function's own address.
 */
export const openFunction = (k: Kernel, address: Address, bind: (address: Address) => boolean): boolean => {
  const { traps } = k.executor;
  if (!traps.has(address) && !bind(address)) return false;
  const trap = traps.get(address);
  if (trap === undefined) return false;
  traps.set(address + ENTRY_SIZE, trap);
  k.image.fault(alignDown(address + ENTRY_SIZE + 1, PAGE_SIZE));
  patch(k, address, Uint8Array.of(...nopOf(ENTRY_SIZE), ...HLT_RET));
  return true;
};

const moduleText = (module: Module, address: Address): boolean => {
  const inside = (base: Address, size: number): boolean => address >= base && address < base + size;
  return (
    inside(module.core.base, module.layout.core.textSize) ||
    (module.init.size > 0 && inside(module.init.base, module.layout.init.textSize))
  );
};

/** kernel_text_address() */
export const isKernelText = (k: Kernel, address: Address): boolean => {
  const module = k.modules.list.at(address);
  if (module !== undefined) return moduleText(module, address);
  const end = k.symbols.address("_etext") ?? 0;
  return k.image.contains(address) && address < end;
};

/** kallsyms_lookup_name(): the kernel's symbols, then the modules'; "module:symbol" names one module's. */
export const lookupName = (k: Kernel, name: ByteString): Address | undefined => {
  const colon = name.indexOf(":");
  const [owner, symbol] = colon < 0 ? [undefined, name] : [name.slice(0, colon), name.slice(colon + 1)];
  const own = owner === undefined ? k.symbols.address(symbol) : undefined;
  if (own !== undefined) return own;
  for (const module of k.modules.list.all()) {
    if (owner !== undefined && module.name !== owner) continue;
    const found = module.symbols.find((one) => one.name === symbol);
    if (found !== undefined) return found.address;
  }
  return undefined;
};
