/** include/linux/spi/spi.h: registrations. */
import { registrations } from "../../registrations.ts";

export const linuxSpiSpiRegistrations = registrations("no SPI bus has anything on it", [
  {
    kind: "spi_controller",
    add: "int spi_register_controller(struct spi_controller *ctlr)",
    remove: "void spi_unregister_controller(struct spi_controller *ctlr)",
    by: { add: "ctlr", remove: "ctlr" },
    fails: ["EINVAL", "ENOMEM", "EBUSY"],
  },
]);
