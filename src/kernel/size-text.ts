import type { ByteString } from "../base/bytes.ts";

/** enum string_size_units */
const STRING_UNITS_10 = 0;
const STRING_UNITS_2 = 1;

const UNITS: Readonly<Record<number, readonly string[]>> = {
  [STRING_UNITS_10]: ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"],
  [STRING_UNITS_2]: ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"],
};

/** A magnitude below `divisor` times a power of it. */
interface Reduced {
  readonly value: bigint;
  readonly remainder: bigint;
  readonly power: number;
}

const below = (limit: bigint, divisor: bigint, start: Reduced): Reduced => {
  let { value, remainder, power } = start;
  while (value >= limit) {
    remainder = value % divisor;
    value /= divisor;
    power++;
  }
  return { value, remainder, power };
};

const TWO_32 = 2n ** 32n;

/** `string_get_size` (lib/string_helpers.c): `size` blocks of `blockSize` bytes with three digits. */
export const sizeText = (size: bigint, blockSize: bigint, units: number): ByteString => {
  const names = UNITS[units] ?? [];
  if (size === 0n || blockSize === 0n) return `0 ${names[0] ?? ""}`;
  const divisor = units === STRING_UNITS_2 ? 1024n : 1000n;
  const zero = { remainder: 0n, power: 0 };
  // Both below 32 bits, so that the product keeps its precision in 64.
  const block = below(TWO_32, divisor, { value: blockSize, ...zero });
  const count = below(TWO_32, divisor, { value: size, ...zero });
  const power = block.power + count.power;
  const reduced = below(divisor, divisor, { value: block.value * count.value, remainder: 0n, power });
  return `${significant(reduced, divisor)} ${names[reduced.power] ?? "UNK"}`;
};

/** Rounds to three significant digits. */
const significant = ({ value, remainder }: Reduced, divisor: bigint): string => {
  const decimals = value >= 100n ? 0 : value >= 10n ? 1 : 2;
  const half = decimals === 0 ? 500n : decimals === 1 ? 50n : 5n;
  const thousandths = (remainder * 1000n) / divisor + half;
  const whole = thousandths >= 1000n ? value + 1n : value;
  if (decimals === 0) return whole.toString();
  const digits = (thousandths % 1000n).toString().padStart(3, "0");
  return `${whole}.${digits.slice(0, decimals)}`;
};
