import { type Address, toPattern } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";

/** A symbol and a place in it. */
export interface SymbolPlace {
  readonly name: string;
  readonly offset: number;
  /** Bytes to the next symbol; negative where data lies behind the end of the text (kernel/module/kallsyms.c). */
  readonly size: number;
  readonly module?: string | undefined;
}

export interface SymbolLookup {
  lookup(address: Address): SymbolPlace | undefined;
}

/** `%lx` of a value in C's unsigned long. */
export const hex = (value: number): string => toPattern(value).toString(16);

const sprint = (symbols: SymbolLookup, address: Address, back: number): ByteString => {
  const place = symbols.lookup(address - back);
  if (place === undefined) return `0x${hex(address)}`;
  const module = place.module === undefined ? "" : ` [${place.module}]`;
  return `${place.name}+0x${hex(place.offset + back)}/0x${hex(place.size)}${module}`;
};

/** "go+0x6e/0x84b [t_crash]", or the bare number: `%pS`. */
export const symbolText = (symbols: SymbolLookup, address: Address): ByteString =>
  sprint(symbols, address, 0);

/** The same for a return address, which may lie behind the end of the caller: `%pB`. */
export const returnText = (symbols: SymbolLookup, address: Address): ByteString =>
  sprint(symbols, address, 1);

/** "late_null [t_crash]", without offset: `%ps`. */
export const functionText = (symbols: SymbolLookup, address: Address): ByteString => {
  const place = symbols.lookup(address);
  if (place === undefined) return `0x${hex(address)}`;
  return place.module === undefined ? place.name : `${place.name} [${place.module}]`;
};
