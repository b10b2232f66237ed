import { type Address, hex16, toPattern } from "../base/address.ts";
import type { Profile } from "../profile/profile.ts";
import type { Symbols } from "./kernel.ts";
import type { ModuleList } from "./modules/module-list.ts";

/** kernel/kallsyms.c: the kernel's own symbols, then the modules'. */
export const createSymbols = (profile: Profile, modules: () => ModuleList): Symbols => {
  const lookup: Symbols["lookup"] = (address: Address) => {
    const module = modules().at(address);
    if (module !== undefined) {
      const found = modules().symbolAt(module, address);
      return found === undefined ? undefined : { ...found, module: module.name };
    }
    const found = profile.symbolAt(address);
    if (found === undefined) return undefined;
    return { name: found.name, offset: address - found.address, size: found.size, module: undefined };
  };
  return {
    address: (name) => profile.symbol(name)?.address ?? profile.kernelSymbol(name)?.address,
    lookup,
    format(address) {
      const place = lookup(address);
      if (place === undefined) return `0x${hex16(address)}`;
      const module = place.module === undefined ? "" : ` [${place.module}]`;
      return `${place.name}+0x${place.offset.toString(16)}/0x${toPattern(place.size).toString(16)}${module}`;
    },
  };
};
