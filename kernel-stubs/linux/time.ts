/** include/linux/time.h, as kernel/time/time.c and timeconv.c do it. */
import { stub } from "../../src/stub/declare.ts";

const SECONDS_PER_DAY = 86_400n;
const MS_PER_SECOND = 1000;

export const mktime64 = stub(
  `time64_t mktime64(const unsigned int year0, const unsigned int mon0, const unsigned int day,
      const unsigned int hour, const unsigned int min, const unsigned int sec)`,
  (_k, { year0, mon0, day, hour, min, sec }) => {
    // Gauss's formula, with the year beginning in March; any day and hour counts on.
    const [month, year] = mon0 - 2 > 0 ? [mon0 - 2, year0] : [mon0 + 10, year0 - 1];
    const leaps = Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400);
    const days = leaps + Math.floor((367 * month) / 12) + day + year * 365 - 719_499;
    return BigInt(days) * SECONDS_PER_DAY + BigInt(hour * 3600 + min * 60 + sec);
  },
);
/** Seconds of 400 years. */
const CYCLE = 146_097n * SECONDS_PER_DAY;

/** struct tm: eight ints, but the year is a long. */
export const time64ToTm = stub(
  "void time64_to_tm(time64_t totalsecs, int offset, struct tm *result)",
  (k, { totalsecs, offset, result }) => {
    // The calendar repeats, weekdays included, every 400 years: far years are those of the first cycle.
    const seconds = BigInt.asIntN(64, totalsecs + BigInt(offset));
    const within = ((seconds % CYCLE) + CYCLE) % CYCLE;
    const date = new Date(Number(within) * MS_PER_SECOND);
    const first = date.getUTCFullYear();
    const day = Math.floor(
      (date.getTime() - Date.UTC(first, 0, 1)) / (Number(SECONDS_PER_DAY) * MS_PER_SECOND),
    );
    const year = BigInt(first) + 400n * ((seconds - within) / CYCLE);
    const view = k.struct("tm", result);
    view.tm_sec = date.getUTCSeconds();
    view.tm_min = date.getUTCMinutes();
    view.tm_hour = date.getUTCHours();
    view.tm_mday = date.getUTCDate();
    view.tm_mon = date.getUTCMonth();
    view.tm_year = year - 1900n;
    view.tm_wday = date.getUTCDay();
    view.tm_yday = day;
  },
);
