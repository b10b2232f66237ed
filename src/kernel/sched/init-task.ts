/** init_task, the ancestor of all (init/init_task.c): mostly as the kernel image has it. */
import { type Address, toAddress } from "../../base/address.ts";
import { addTail, initList } from "../data/guest-list.ts";
import type { Kernel } from "../kernel.ts";

const PF_KTHREAD = 0x0020_0000;

/** What every process shares with init_task. */
export interface Inherited {
  readonly nsproxy: Address;
  /** init_cred: root's. */
  readonly credentials: Uint8Array;
}

const NOTHING: Inherited = { nsproxy: 0, credentials: new Uint8Array(0) };

export const inheritedFrom = ({ profile, offsetOf, sizeOf }: Kernel): Inherited => {
  const bytes = profile.dataInit("init_task");
  if (bytes === undefined) return NOTHING;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const pointer = (field: string): Address =>
    toAddress(view.getBigUint64(offsetOf("task_struct", field), true));
  const credentials = new Uint8Array(sizeOf("cred"));
  const at = pointer("cred");
  for (const piece of profile.contents(at, at + credentials.length))
    if (piece.address === at) credentials.set(piece.bytes.subarray(0, credentials.length));
  return { nsproxy: pointer("nsproxy"), credentials };
};

const STACK_END_MAGIC = 0x57ac6e9dn;
const STACK_BYTES = 16384;

/** What is on its lists and changes while the machine boots. */
export const fillInitTask = (k: Kernel, address: Address): void => {
  const task = k.struct("task_struct", address);
  k.memory.setCstring(address + k.offsetOf("task_struct", "comm"), "swapper/0");
  task.real_parent = address as typeof task.real_parent;
  task.parent = address as typeof task.parent;
  task.group_leader = address as typeof task.group_leader;
  task.flags |= PF_KTHREAD;
  task.active_mm = 0 as typeof task.active_mm;
  task.nr_cpus_allowed = 1;
  k.image.placeData(task.stack, STACK_BYTES);
  k.memory.setU64(task.stack, STACK_END_MAGIC);
  const children = address + k.offsetOf("task_struct", "children");
  initList(k.memory, children);
  for (const child of k.pids.boot) addTail(k.memory, child + k.offsetOf("task_struct", "sibling"), children);
  k.tasks.list(address, k.pids.boot);
};
