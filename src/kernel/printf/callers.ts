import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { NESTED } from "./fault-places.ts";

const STORE = ["vprintk_store+0x1c1/0x520", "vprintk_emit+0xec/0x290"];

const PRINTK = [...STORE, "_printk+0x68/0x83"];

/** The function that the module called. */
export interface RunningCall {
  readonly stub: string;
  /** An argument in a register, counted from 0. */
  argument(index: number): Address;
}

/** `__dev_printk`: by way of printk where there is no device. */
const deviceCallers = (device: Address): readonly ByteString[] =>
  device === 0
    ? [...NESTED, ...PRINTK]
    : [...NESTED, ...STORE, "dev_vprintk_emit+0x173/0x19b", "dev_printk_emit+0x61/0x7c"];

/**
 * Kernel functions between `vsnprintf` and the module in Debian's 6.1.0-56-amd64, innermost first,
 * by the function that the module called.
 */
export const formatCallers = ({ stub, argument }: RunningCall): readonly ByteString[] => {
  if (/^_dev_(emerg|alert|crit|err|warn|notice|info)$/.test(stub)) {
    return [...deviceCallers(argument(0)), `${stub}+0x79/0x94`];
  }
  switch (stub) {
    case "_printk":
      return PRINTK;
    case "_dev_printk":
      return [...deviceCallers(argument(1)), "_dev_printk+0x70/0x8b"];
    case "vprintk":
      return STORE;
    case "sprintf":
      return ["sprintf+0x5e/0x80"];
    case "snprintf":
      return ["snprintf+0x51/0x70"];
    case "scnprintf":
      return ["scnprintf+0x5a/0x90"];
    case "vscnprintf":
      return ["vscnprintf+0xe/0x30"];
    case "kvasprintf":
      return ["kvasprintf+0x4a/0xd0"];
    case "kasprintf":
      return ["kvasprintf+0x4a/0xd0", "kasprintf+0x56/0x80"];
    default:
      return [];
  }
};
