/** include/linux/attribute_container.h, as drivers/base/attribute_container.c does it. */
import { EBUSY } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { containerOf, registerContainer, unregisterContainer } from "../../src/kernel/devices/transport.ts";
import { stub } from "../../src/stub/declare.ts";

export const attributeContainerRegister = stub(
  "int attribute_container_register(struct attribute_container *cont)",
  { sleeps: true, acquires: { attribute_container: "cont" } },
  (k, { cont }) => {
    registerContainer(k, cont);
    return 0;
  },
);
export const attributeContainerUnregister = stub(
  "int attribute_container_unregister(struct attribute_container *cont)",
  { fails: ["EBUSY"], sleeps: true, releases: { attribute_container: "cont" } },
  (k, { cont }) => {
    if (!unregisterContainer(k, cont)) throw new Errno(EBUSY);
    return 0;
  },
);
export const attributeContainerClassdevToContainer = stub(
  "struct attribute_container *attribute_container_classdev_to_container(struct device *classdev)",
  (k, { classdev }) => containerOf(k, classdev),
);
