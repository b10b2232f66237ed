/** Devices that modules find on every PC by their fixed addresses: real-time clock and event timer. */
import type { Kernel } from "../kernel.ts";

const bcd = (value: number): number => Math.floor(value / 10) * 16 + (value % 10);

/** Registers of the MC146818 behind ports 70 and 71. */
const clockRegister = (k: Kernel, index: number): number => {
  const now = new Date(Number(k.clock.realtime() / 1_000_000n));
  switch (index) {
    case 0x00:
      return bcd(now.getUTCSeconds());
    case 0x02:
      return bcd(now.getUTCMinutes());
    case 0x04:
      return bcd(now.getUTCHours());
    case 0x06:
      return now.getUTCDay() + 1;
    case 0x07:
      return bcd(now.getUTCDate());
    case 0x08:
      return bcd(now.getUTCMonth() + 1);
    case 0x09:
      return bcd(now.getUTCFullYear() % 100);
    case 0x32:
      return bcd(Math.floor(now.getUTCFullYear() / 100));
    case 0x0a:
      return 0x26;
    case 0x0b:
      return 0x02;
    case 0x0d:
      return 0x80;
    default:
      return 0;
  }
};

const addClock = (k: Kernel): void => {
  const state = { index: 0, nvram: new Map<number, number>() };
  k.ports.claim({
    name: "rtc",
    start: 0x70,
    size: 2,
    model: {
      read: (offset) =>
        offset === 0 ? 0xff : (state.nvram.get(state.index) ?? clockRegister(k, state.index)),
      write(offset, _size, value) {
        k.journal.touch(state);
        const byte = Number(value & 0xffn);
        if (offset === 0) state.index = byte & 0x7f;
        // The clock itself cannot be set; the memory behind it can.
        else if (state.index > 0x0d) state.nvram = new Map([...state.nvram, [state.index, byte]]);
      },
    },
  });
};

const HPET = {
  start: 0xfed0_0000,
  size: 0x400,
  capabilities: 0x0098_9680_8086_a201n,
  counter: 0xf0,
} as const;
/** Femtoseconds of a tick are 10,000,000: a tick is 10 ns. */
const HPET_TICK_NS = 10;

/** Its capabilities and its counter; what is written does nothing. */
const addHpet = (k: Kernel): void => {
  const register = (at: number): bigint => {
    if (at === 0) return HPET.capabilities;
    return at === HPET.counter ? BigInt(Math.floor(k.clock.now() / HPET_TICK_NS)) : 0n;
  };
  k.io.claim({
    name: "HPET 0",
    start: HPET.start,
    size: HPET.size,
    model: {
      read: (offset) => register(offset & ~7) >> BigInt((offset & 7) * 8),
      write() {},
    },
  });
};

export const addPcDevices = (k: Kernel): void => {
  addClock(k);
  addHpet(k);
};
