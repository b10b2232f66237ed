import type { ByteString } from "../../base/bytes.ts";
import { GuestFault, type FaultPlace } from "../../base/errors.ts";
import type { ConversionType } from "./spec.ts";

/**
 * Where Debian's 6.1.0-56-amd64 faults when what it formats is not there, and the functions between
 * that place and `vsnprintf`'s caller.
 */
type Frames = readonly [at: ByteString, ...via: ByteString[]];

const FROM_POINTER = "vsnprintf+0x1a8/0x550";

/** The first letters after `%p` that decide, longest first. */
const POINTERS: readonly (readonly [suffix: string, ...frames: Frames])[] = [
  ["h", "hex_string+0x9c/0x100"],
  ["bl", "_find_next_bit+0x1c/0x70", "bitmap_list_string.constprop.0+0xcd/0x110"],
  ["b", "bitmap_string.constprop.0+0x87/0x1a0"],
  ["M", "mac_address_string+0xd0/0x1f0"],
  ["m", "mac_address_string+0xd0/0x1f0"],
  ["I4", "ip4_string+0x54/0xf0", "ip4_addr_string+0x40/0xb0", "ip_addr_string+0xeb/0x200"],
  ["i4", "ip4_string+0x54/0xf0", "ip4_addr_string+0x40/0xb0", "ip_addr_string+0xeb/0x200"],
  ["I6c", "ip6_compressed_string+0xf/0x250", "ip6_addr_string+0xcc/0xe0", "ip_addr_string+0x177/0x200"],
  ["I6", "ip6_string+0x1e/0x90", "ip6_addr_string+0x69/0xe0", "ip_addr_string+0x177/0x200"],
  ["i6", "ip6_string+0x1e/0x90", "ip6_addr_string+0x69/0xe0", "ip_addr_string+0x177/0x200"],
  ["IS", "ip_addr_string+0xfc/0x200"],
  ["iS", "ip_addr_string+0xfc/0x200"],
  ["E", "string_escape_mem+0x149/0x350", "escaped_string+0xd9/0x100"],
  ["U", "uuid_string+0xda/0x250"],
  ["V", "va_format.constprop.0+0x54/0x130"],
  ["NF", "netdev_bits+0x113/0x120"],
  ["4cc", "fourcc_string+0x10a/0x2a0"],
  ["a", "address_val+0x1e/0xa0"],
  ["R", "resource_string.isra.0+0x74/0x5f0"],
  ["r", "resource_string.isra.0+0x74/0x5f0"],
  ["tR", "date_str+0xe/0x80", "rtc_str.constprop.0+0x82/0xd0"],
  ["tT", "time_and_date+0xde/0x140"],
  ["d", "dentry_name+0xa2/0x280"],
  ["D", "file_dentry_name+0x1e/0xa0"],
  ["g", "bdev_name.constprop.0+0x32/0x140"],
  ["Gg", "flags_string+0xc2/0x200"],
  ["Gp", "flags_string+0xf1/0x200"],
  ["C", "__clk_get_name+0xa/0x20", "clock.constprop.0+0x30/0xc0"],
  ["fw", "fwnode_count_parents+0x1f/0xd0", "fwnode_full_name_string+0x18/0xe0", "fwnode_string+0xdb/0x140"],
  ["ks", "string+0x48/0xe0"],
  ["us", "string+0x48/0xe0"],
];

const STRING: Frames = ["string+0x48/0xe0", "vsnprintf+0x32c/0x550"];
/** The format itself cannot be read. */
export const FORMAT_FAULT: Frames = ["vsnprintf+0x53/0x550"];
/** One level of `%pV`. */
export const NESTED: readonly ByteString[] = ["va_format.constprop.0+0x8b/0x130", FROM_POINTER];

/** Where reading the object of a conversion faults; `suffix` is the format after it. */
export const conversionFault = (type: ConversionType, suffix: ByteString): Frames | undefined => {
  if (type === "string") return STRING;
  if (type !== "pointer") return undefined;
  const found = POINTERS.find(([letters]) => suffix.startsWith(letters));
  if (found === undefined) return undefined;
  const [, at, ...via] = found;
  return [at, ...via, FROM_POINTER];
};

/** Where writing the first byte of a formatted text faults. */
export const storeFault = (fmt: ByteString): Frames | undefined => {
  const conversion = /^%[-+ #0-9.*]*[hlLzt]*(.)/s.exec(fmt)?.[1] ?? "";
  if ("diouxX".includes(conversion) && conversion !== "")
    return ["number+0x29a/0x3b0", "vsnprintf+0x2c7/0x550"];
  if (conversion === "p") return ["number+0x29a/0x3b0", FROM_POINTER];
  return conversion === "c" ? ["vsnprintf+0xca/0x550"] : undefined;
};

/** Names the place of a fault, unless a deeper one is named already. `pointer`: what was followed. */
export const place = (error: unknown, frames: Frames | undefined, pointer?: bigint): void => {
  if (!(error instanceof GuestFault) || error.place !== undefined || frames === undefined) return;
  const [at, ...via] = frames;
  error.place = { at, via, address: pointer };
};

/** Runs `act`, whose faults happen at `frames`. */
export const faultsAt = <T>(frames: Frames, act: () => T): T => {
  try {
    return act();
  } catch (error) {
    place(error, frames);
    throw error;
  }
};

/** Adds callers to a fault's place. */
export const below = (error: unknown, callers: readonly ByteString[]): void => {
  if (!(error instanceof GuestFault) || error.place === undefined) return;
  const { place } = error;
  error.place = { ...place, via: [...place.via, ...callers] } satisfies FaultPlace;
};
