import type { Address } from "../base/address.ts";
import type { Kernel } from "./kernel.ts";

/** Address of a variable of the kernel's image, which modules need not name; its `size` bytes can be accessed. */
export const imageVariable = (k: Kernel, name: string, size: number): Address => {
  const at = k.symbols.address(name) ?? 0;
  k.image.placeData(at, size);
  return at;
};
