import type { GuestMemory } from "../../machine/memory.ts";
import type { FieldType } from "../../profile/struct-layout.ts";
import type { Profile } from "../../profile/profile.ts";
import { KoboxError } from "../../base/errors.ts";
import type { SymbolName, FormatEnv, HashKey, WarnSite } from "./env.ts";
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";

export interface FormatSources {
  readonly memory: GuestMemory;
  readonly profile: Pick<Profile, "struct">;
  readonly symbols: { lookup(address: Address): SymbolName | undefined };
  readonly hashKey: HashKey;
  /** Called every time; see FormatEnv. */
  warnOnce(site: WarnSite, message: ByteString, depth: number): void;
  /** See FormatEnv; none when left out. */
  callers?(): readonly ByteString[];
}

const sizeOfType = (profile: Pick<Profile, "struct">, type: FieldType): number => {
  if (type.kind === "unknown") return 8;
  return type.kind === "struct" ? (profile.struct(type.struct)?.size ?? 8) : type.size;
};

/** The format engine's view of a running kernel. */
export const createFormatEnv = (sources: FormatSources): FormatEnv => ({
  memory: sources.memory,
  hashKey: sources.hashKey,
  symbolize: (address) => sources.symbols.lookup(address),
  field(struct, member) {
    const field = sources.profile.struct(struct)?.field(member);
    if (field === undefined) {
      throw new KoboxError("E_PROFILE", `the profile has no member ${member} in struct ${struct}`);
    }
    return { offset: field.offset, size: sizeOfType(sources.profile, field.type) };
  },
  warnOnce: (site, message, depth) => sources.warnOnce(site, message, depth),
  callers: () => sources.callers?.() ?? [],
});

/** The pointer hash's key for a run's seed: any seed gives a full one. */
export const hashKeyOf = (seed: number | bigint): HashKey => {
  const mix = (value: bigint): bigint => {
    // splitmix64's output function.
    let z = BigInt.asUintN(64, value);
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return z ^ (z >> 31n);
  };
  const start = BigInt.asUintN(64, BigInt(seed));
  const step = 0x9e3779b97f4a7c15n;
  return [mix(start + step), mix(start + 2n * step)];
};
