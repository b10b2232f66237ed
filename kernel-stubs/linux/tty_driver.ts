/** include/linux/tty_driver.h, as drivers/tty/tty_io.c does it. */
import { stub } from "../../src/stub/declare.ts";

/** What neither of the stubs plays. */
export const CLOSED = { partial: "no line can be opened" };
/** Of functions that make the device of a line. */
export const NEW_LINE = {
  fails: ["ENOMEM", "EEXIST"],
  errPtr: true,
  sleeps: true,
  acquires: { device: "return" },
  level: CLOSED,
} as const;

export const ttyAllocDriver = stub(
  "struct tty_driver *__tty_alloc_driver(unsigned int lines, struct module *owner, unsigned long flags)",
  { fails: ["ENOMEM"], errPtr: true, sleeps: true, acquires: { tty_driver: "return" } },
  (k, { lines, owner, flags }) => k.tty.allocate(lines, owner, flags) as never,
);
export const ttyDriverKrefPut = stub(
  "void tty_driver_kref_put(struct tty_driver *driver)",
  { sleeps: true, releases: { tty_driver: "driver" } },
  function* (k, { driver }) {
    yield* k.tty.put(driver);
  },
);
