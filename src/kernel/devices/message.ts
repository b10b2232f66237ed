import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { Kernel } from "../kernel.ts";
import { printDevice } from "../log/device.ts";

/** dev_printk() of the kernel's own code; `text` without newline. */
export const deviceMessage = (k: Kernel, level: number, device: Address, text: ByteString): void =>
  void printDevice(k.log, k.format, device, level, () => ({ text: `${text}\n`, length: text.length + 1 }));
