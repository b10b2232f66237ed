/** struct tty_port: what a line's driver and its terminal share (drivers/tty/tty_port.c, tty_buffer.c). */
import type { Address } from "../../base/address.ts";
import { initList } from "../data/guest-list.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";

const MEMORY_LIMIT = 640 * 1024;
/** In jiffies: half a second, thirty seconds. */
const CLOSE_DELAY = 125;
const CLOSING_WAIT = 7500;

/** tty_port_init() */
export const initialisePort = (k: Kernel, port: Address): void => {
  k.memory.fill(port, 0, k.sizeOf("tty_port"));
  const view = k.struct("tty_port", port);
  const at = (field: string): Address => port + k.offsetOf("tty_port", field);
  view.buf.head = at("buf.sentinel") as never;
  view.buf.tail = at("buf.sentinel") as never;
  view.buf.mem_limit = MEMORY_LIMIT;
  view.buf.work.func = k.hostCode.address("flush_to_ldisc", () => 0) as never;
  for (const list of [
    "buf.work.entry",
    "buf.lock.wait_list",
    "open_wait.head",
    "delta_msr_wait.head",
    "mutex.wait_list",
    "buf_mutex.wait_list",
  ])
    initList(k.memory, at(list));
  view.close_delay = CLOSE_DELAY;
  view.closing_wait = CLOSING_WAIT;
  view.client_ops = (k.profile.symbol("tty_port_default_client_ops")?.address ?? 0) as never;
  view.kref.refcount.refs.counter = 1;
};

/** tty_port_put(): the last one frees it, or lets the driver do so. */
export function* putPort(k: Kernel, port: Address): Routine<void> {
  if (port === 0) return;
  const view = k.struct("tty_port", port);
  const { refs } = view.kref.refcount;
  refs.counter -= 1;
  if (refs.counter !== 0) return;
  if (view.xmit_buf !== 0) k.pages.freeAddress(view.xmit_buf, 0);
  const destruct = view.ops === 0 ? 0 : k.struct("tty_port_operations", view.ops).destruct;
  if (destruct === 0) k.heap.kfree(port);
  else yield* k.call(destruct, port);
}
