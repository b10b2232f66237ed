/** include/linux/tty.h, as drivers/tty/tty_io.c does it. Processes of the sandbox have no terminal. */
import type { Ptr } from "../../src/abi/prototype-types.ts";
import { baudRate, encodeBaudRate } from "../../src/kernel/tty/baud.ts";
import { stub } from "../../src/stub/declare.ts";
import { CLOSED, NEW_LINE } from "./tty_driver.ts";

export const getCurrentTty = stub(
  "struct tty_struct *get_current_tty(void)",
  { fails: ["NULL"], level: { partial: "no process has a terminal" } },
  () => 0 as Ptr<"struct tty_struct">,
);

export const ttyRegisterDriver = stub(
  "int tty_register_driver(struct tty_driver *driver)",
  { fails: ["EBUSY", "ENOMEM"], sleeps: true, acquires: { tty_registration: "driver" }, level: CLOSED },
  function* (k, { driver }) {
    yield* k.tty.register(driver);
    return 0;
  },
);
export const ttyUnregisterDriver = stub(
  "void tty_unregister_driver(struct tty_driver *driver)",
  { sleeps: true, releases: { tty_registration: "driver" } },
  (k, { driver }) => k.tty.unregister(driver),
);
export const ttyRegisterDevice = stub(
  "struct device *tty_register_device(struct tty_driver *driver, unsigned index, struct device *dev)",
  NEW_LINE,
  function* (k, { driver, index, dev }) {
    return yield* k.tty.addLine({ driver, index, parent: dev, data: 0, groups: 0 });
  },
);
export const ttyRegisterDeviceAttr = stub(
  `struct device *tty_register_device_attr(struct tty_driver *driver, unsigned index,
      struct device *device, void *drvdata, const struct attribute_group **attr_grp)`,
  NEW_LINE,
  function* (k, { driver, index, device, drvdata, attr_grp }) {
    return yield* k.tty.addLine({ driver, index, parent: device, data: drvdata, groups: attr_grp });
  },
);
export const ttyUnregisterDevice = stub(
  "void tty_unregister_device(struct tty_driver *driver, unsigned index)",
  { sleeps: true },
  function* (k, { driver, index }) {
    yield* k.tty.removeLine(driver, index);
  },
);

export const ttyTermiosBaudRate = stub(
  "unsigned int tty_termios_baud_rate(const struct ktermios *termios)",
  (k, { termios }) => baudRate(k, termios),
);
export const ttyTermiosEncodeBaudRate = stub(
  "void tty_termios_encode_baud_rate(struct ktermios *termios, unsigned int ibaud, unsigned int obaud)",
  (k, { termios, ibaud, obaud }) => encodeBaudRate(k, termios, ibaud, obaud),
);
