/** include/linux/acpi.h: the embedded controller, of which the machine has none (drivers/acpi/ec.c). */
import { ENODEV } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { stub } from "../../src/stub/declare.ts";

const none = (): never => {
  throw new Errno(ENODEV);
};

export const ecRead = stub("int ec_read(u8 addr, u8 *val)", { fails: ["ENODEV"], sleeps: true }, none);
export const ecWrite = stub("int ec_write(u8 addr, u8 val)", { fails: ["ENODEV"], sleeps: true }, none);
export const ecTransaction = stub(
  `int ec_transaction(u8 command, const u8 *wdata, unsigned wdata_len, u8 *rdata, unsigned rdata_len)`,
  { fails: ["ENODEV"], sleeps: true },
  none,
);
export const ecGetHandle = stub("acpi_handle ec_get_handle(void)", { fails: ["NULL"] }, () => 0 as never);
