/** include/linux/tty_port.h, as drivers/tty/tty_port.c does it. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { initialisePort, putPort } from "../../src/kernel/tty/ports.ts";
import { stub } from "../../src/stub/declare.ts";
import { NEW_LINE } from "./tty_driver.ts";

interface PortLine {
  readonly port: Address;
  readonly driver: Address;
  readonly index: number;
  readonly device: Address;
}

const link = (k: Kernel, port: Address, driver: Address, index: number): void => {
  const { num, ports } = k.struct("tty_driver", driver);
  if (index < num) k.memory.setPointer(ports + index * 8, port);
};

function* addLine(
  k: Kernel,
  { port, driver, index, device }: PortLine,
  data: Address,
  groups: Address,
): Routine<Address> {
  link(k, port, driver, index);
  return yield* k.tty.addLine({ driver, index, parent: device, data, groups });
}

export const ttyPortInit = stub("void tty_port_init(struct tty_port *port)", (k, { port }) =>
  initialisePort(k, port),
);
export const ttyPortDestroy = stub(
  "void tty_port_destroy(struct tty_port *port)",
  { sleeps: true },
  (k, { port }) => {
    // Nobody has filled its buffers: only the work has to be at rest.
    k.workqueues.cancel(port + k.offsetOf("tty_port", "buf.work"));
  },
);
export const ttyPortPut = stub(
  "void tty_port_put(struct tty_port *port)",
  { sleeps: true },
  function* (k, { port }) {
    yield* putPort(k, port);
  },
);
export const ttyPortTtyGet = stub(
  "struct tty_struct *tty_port_tty_get(struct tty_port *port)",
  (k, { port }) => {
    const { tty } = k.struct("tty_port", port);
    if (tty !== 0) k.struct("tty_struct", tty).kref.refcount.refs.counter += 1;
    return tty;
  },
);
export const ttyPortLinkDevice = stub(
  "void tty_port_link_device(struct tty_port *port, struct tty_driver *driver, unsigned index)",
  { level: { partial: "a line that the driver does not have is not warned of" } },
  (k, { port, driver, index }) => link(k, port, driver, index),
);
export const ttyPortRegisterDevice = stub(
  `struct device *tty_port_register_device(struct tty_port *port, struct tty_driver *driver,
      unsigned index, struct device *device)`,
  NEW_LINE,
  function* (k, line) {
    return yield* addLine(k, line, 0, 0);
  },
);
export const ttyPortRegisterDeviceAttr = stub(
  `struct device *tty_port_register_device_attr(struct tty_port *port, struct tty_driver *driver,
      unsigned index, struct device *device, void *drvdata, const struct attribute_group **attr_grp)`,
  NEW_LINE,
  function* (k, line) {
    return yield* addLine(k, line, line.drvdata, line.attr_grp);
  },
);
export const ttyPortRegisterDeviceSerdev = stub(
  `struct device *tty_port_register_device_serdev(struct tty_port *port, struct tty_driver *driver,
      unsigned index, struct device *device)`,
  NEW_LINE,
  function* (k, line) {
    return yield* addLine(k, line, 0, 0);
  },
);
export const ttyPortRegisterDeviceAttrSerdev = stub(
  `struct device *tty_port_register_device_attr_serdev(struct tty_port *port, struct tty_driver *driver,
      unsigned index, struct device *device, void *drvdata, const struct attribute_group **attr_grp)`,
  NEW_LINE,
  function* (k, line) {
    return yield* addLine(k, line, line.drvdata, line.attr_grp);
  },
);
export const ttyPortUnregisterDevice = stub(
  "void tty_port_unregister_device(struct tty_port *port, struct tty_driver *driver, unsigned index)",
  { sleeps: true },
  function* (k, { driver, index }) {
    yield* k.tty.removeLine(driver, index);
  },
);
