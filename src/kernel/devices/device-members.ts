/** Members of struct device that others hold on to. */
import type { Address } from "../../base/address.ts";
import type { Kernel } from "../kernel.ts";

export const deviceKobject = (k: Kernel, device: Address): Address => device + k.offsetOf("device", "kobj");

/** Its firmware node; 0 for none. */
export const fwnodeOfDevice = (k: Kernel, device: Address): Address => k.struct("device", device).fwnode;
