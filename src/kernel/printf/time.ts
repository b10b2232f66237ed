import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { type PointerConversion, withObject } from "./conversion.ts";
import { formatInteger, unsigned64 } from "./integer.ts";
import { ZEROPAD, newSpec } from "./spec.ts";
import { errorString } from "./text.ts";

/** Broken-down time as struct rtc_time has it: years from 1900, months from 0. All C ints. */
export interface RtcTime {
  readonly second: number;
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  readonly year: number;
}

/** `%ptR` (struct rtc_time) and `%ptT` (time64_t), with `d`, `t`, `r`, `s`. */
export const timeAndDate = (conversion: PointerConversion): ByteString =>
  withObject(conversion, (address) => {
    const { env, spec, suffix } = conversion;
    switch (suffix[1]) {
      case "R":
        return timeText(readRtcTime(conversion, address), suffix);
      case "T":
        return timeText(brokenDown(env.memory.i64(address)), suffix);
      default:
        return errorString("(%pt?)", spec);
    }
  });

/** struct rtc_time is user ABI: int tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year ... */
const readRtcTime = ({ env: { memory } }: PointerConversion, address: Address): RtcTime => ({
  // In the order in which the kernel looks.
  year: memory.i32(address + 20),
  month: memory.i32(address + 16),
  day: memory.i32(address + 12),
  hour: memory.i32(address + 8),
  minute: memory.i32(address + 4),
  second: memory.i32(address),
});

const timeText = (time: RtcTime, suffix: string): ByteString => {
  const part = suffix[2];
  const options = /^[rs]*/.exec(suffix.slice(part === "d" || part === "t" ? 3 : 2))?.[0] ?? "";
  const date = dateText(time, options.includes("r"));
  const clock = [time.hour, time.minute, time.second].map((value) => padded(value, 2)).join(":");
  if (part === "d") return date;
  if (part === "t") return clock;
  return date + (options.includes("s") ? " " : "T") + clock;
};

const dateText = (time: RtcTime, raw: boolean): ByteString => {
  const year = (time.year + (raw ? 0 : 1900)) | 0;
  const month = (time.month + (raw ? 0 : 1)) | 0;
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(time.day, 2)}`;
};

/** Negative fields show up as huge unsigned ones. */
const padded = (value: number, width: number): ByteString =>
  formatInteger(value < 0 ? unsigned64(value) : value, newSpec({ width, flags: ZEROPAD }));

const DAY = 86400n;
const DAYS_PER_ERA = 146097n;
/** Years of the algorithm's calendar before 1970, and the days they have. */
const EPOCH_YEARS = 6313183731940000n;
const EPOCH_DAYS = 2305843009213814918n;

/** Seconds since 1970 to a date (`time64_to_tm` in kernel/time/timeconv.c), for every 64-bit value. */
const brokenDown = (seconds: bigint): RtcTime => {
  const days = (seconds - (((seconds % DAY) + DAY) % DAY)) / DAY;
  const rest = Number(seconds - days * DAY);
  const quarters = unsigned64(4n * unsigned64(days + EPOCH_DAYS) + 3n);
  const century = quarters / DAYS_PER_ERA;
  const dayOfCentury = (quarters % DAYS_PER_ERA) / 4n;
  const product = 2939745n * (4n * dayOfCentury + 3n);
  const yearOfCentury = product >> 32n;
  const dayOfYear = Number(BigInt.asUintN(32, product) / 2939745n / 4n);
  // Years begin in March: January and February, days 306 on, belong to the next civil year.
  const wrapped = dayOfYear >= 306;
  const months = 2141 * dayOfYear + 132377;
  const year = 100n * century + yearOfCentury + (wrapped ? 1n : 0n) - EPOCH_YEARS - 1900n;
  return {
    second: rest % 60,
    minute: Math.floor((rest % 3600) / 60),
    hour: Math.floor(rest / 3600),
    day: Math.floor((months & 0xffff) / 2141) + 1,
    month: (months >> 16) - (wrapped ? 12 : 0),
    year: Number(BigInt.asIntN(32, year)),
  };
};
