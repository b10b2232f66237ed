import { type Address, PAGE_SIZE } from "../../base/address.ts";
import type { Kernel } from "../kernel.ts";
import type { Heap } from "../memory/heap.ts";
import type { Vmalloc } from "../memory/vmalloc.ts";

/** The heap, telling of memory that goes back, so that no lock in it is held. */
export const watchHeap = (k: Kernel, heap: Heap): Heap => {
  const tell = (address: Address): void => {
    const object = k.lockdep.watches(address) ? heap.objectAt(address) : undefined;
    if (object?.state === "allocated") k.lockdep.freed(object.base, object.capacity);
  };
  const telling =
    (free: (address: Address) => void) =>
    (address: Address): void => {
      tell(address);
      free(address);
    };
  return {
    ...heap,
    kfree: telling(heap.kfree),
    kfreeSensitive: telling(heap.kfreeSensitive),
    cacheFree(cache, object) {
      tell(object);
      heap.cacheFree(cache, object);
    },
  };
};

export const watchVmalloc = (k: Kernel, vmalloc: Vmalloc): Vmalloc => {
  const tell = (address: Address): boolean => {
    const area = vmalloc.find(address);
    if (area === undefined) return false;
    k.lockdep.freed(area.address, area.pages * PAGE_SIZE);
    return true;
  };
  return {
    ...vmalloc,
    free(address) {
      tell(address);
      vmalloc.free(address);
    },
    kvfree(address) {
      if (tell(address)) vmalloc.kvfree(address);
      else k.heap.kfree(address);
    },
  };
};
