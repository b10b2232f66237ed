import { KoboxError } from "../base/errors.ts";

/** A stretch of virtual time; the parts add up. */
export interface Duration {
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
  readonly milliseconds?: number;
  readonly microseconds?: number;
  readonly nanoseconds?: number;
}

const NANOSECONDS: Readonly<Record<keyof Duration, number>> = {
  hours: 3600e9,
  minutes: 60e9,
  seconds: 1e9,
  milliseconds: 1e6,
  microseconds: 1e3,
  nanoseconds: 1,
};

/** KoboxError "usage" when it is negative or no number. */
export const nanosecondsOf = (duration: Duration): number => {
  let sum = 0;
  for (const [unit, nanoseconds] of Object.entries(NANOSECONDS)) {
    sum += (duration[unit as keyof Duration] ?? 0) * nanoseconds;
  }
  if (sum >= 0 && Number.isFinite(sum)) return sum;
  throw new KoboxError("usage", `${JSON.stringify(duration)} is no duration`);
};
