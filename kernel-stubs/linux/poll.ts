/** include/linux/poll.h, as fs/select.c does it. */
import { pollWait, pollWake } from "../../src/kernel/vfs/polling.ts";
import { stub } from "../../src/stub/declare.ts";

export const pollWaitStub = stub(
  "void __pollwait(struct file *filp, wait_queue_head_t *wait_address, poll_table *p)",
  (k, { filp, wait_address, p }) => pollWait(k, filp, wait_address, p),
);
export const pollWakeStub = stub(
  "int pollwake(wait_queue_entry_t *wait, unsigned int mode, int sync, void *key)",
  (k, { wait, key }) => pollWake(k, wait, key),
);
