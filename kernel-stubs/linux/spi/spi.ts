/** include/linux/spi/spi.h, as drivers/spi/spi.c does it. */
import type { Address } from "../../../src/base/address.ts";
import type { ByteString } from "../../../src/base/bytes.ts";
import { placeBus } from "../../../src/kernel/devices/kernel-buses.ts";
import type { Kernel } from "../../../src/kernel/kernel.ts";
import { stub, variable } from "../../../src/stub/declare.ts";
import { DRIVER_FAILS, registerBusDriver } from "../../bus-driver.ts";
import { registrations } from "../../registrations.ts";

const MAX_IDS = 4096;

/** Names in a table of structs that ends with one whose name is empty. */
const namesIn = function* (k: Kernel, table: Address, struct: string, field: string): Generator<ByteString> {
  if (table === 0) return;
  for (let index = 0; index < MAX_IDS; index += 1) {
    const name = k.memory.cstring(table + index * k.sizeOf(struct) + k.offsetOf(struct, field), 128);
    if (name === "") return;
    yield name;
  }
};

/** What a device tree may call the device has to be in the driver's own table too, for its module to be found. */
const checkNames = (k: Kernel, sdrv: Address): void => {
  const { id_table: table, driver } = k.struct("spi_driver", sdrv);
  const name = driver.name === 0 ? "" : k.memory.cstring(driver.name, 256);
  const known = table === 0 ? new Set([name]) : new Set(namesIn(k, table, "spi_device_id", "name"));
  for (const compatible of namesIn(k, driver.of_match_table, "of_device_id", "compatible")) {
    const comma = compatible.indexOf(",");
    if (!known.has(compatible.slice(comma + 1)))
      k.printk(4, `SPI driver ${name} has no spi_device_id for ${compatible}`);
  }
};

export const spiBusType = variable("struct bus_type spi_bus_type", (k) => void placeBus(k, "spi_bus_type"));

export const spiRegisterDriver = stub(
  "int __spi_register_driver(struct module *owner, struct spi_driver *sdrv)",
  {
    ...DRIVER_FAILS,
    acquires: { driver: (k, { sdrv }) => sdrv + k.offsetOf("spi_driver", "driver") },
    level: { partial: "no SPI bus has anything on it" },
  },
  function* (k, { owner, sdrv }) {
    checkNames(k, sdrv);
    const driver = sdrv + k.offsetOf("spi_driver", "driver");
    return yield* registerBusDriver(k, { bus: "spi_bus_type", driver, owner });
  },
);

export const linuxSpiSpiRegistrations = registrations("no SPI bus has anything on it", [
  {
    kind: "spi_controller",
    add: "int spi_register_controller(struct spi_controller *ctlr)",
    remove: "void spi_unregister_controller(struct spi_controller *ctlr)",
    by: { add: "ctlr", remove: "ctlr" },
    fails: ["EINVAL", "ENOMEM", "EBUSY"],
  },
]);
