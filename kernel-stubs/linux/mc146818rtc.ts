/** include/linux/mc146818rtc.h, as arch/x86/kernel/rtc.c does it. */
import { stub } from "../../src/stub/declare.ts";

const [ADDRESS, DATA] = [0x70, 0x71];

export const rtcCmosRead = stub("unsigned char rtc_cmos_read(unsigned char addr)", (k, { addr }) => {
  k.ports.write(ADDRESS, 1, addr);
  return Number(k.ports.read(DATA, 1));
});
export const rtcCmosWrite = stub(
  "void rtc_cmos_write(unsigned char val, unsigned char addr)",
  (k, { val, addr }) => {
    k.ports.write(ADDRESS, 1, addr);
    k.ports.write(DATA, 1, val);
  },
);
