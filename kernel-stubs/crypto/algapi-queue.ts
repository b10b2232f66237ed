/** include/crypto/algapi.h: queues of requests (crypto/algapi.c). */
import type { Address } from "../../src/base/address.ts";
import { EBUSY, EINPROGRESS, ENOSPC } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { addFirst, addTail, initList, unlink } from "../../src/kernel/data/guest-list.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const MAY_BACKLOG = 0x400;

const listOf = (k: Kernel, queue: Address): Address => queue + k.offsetOf("crypto_queue", "list");
const requestList = (k: Kernel, request: Address): Address =>
  request + k.offsetOf("crypto_async_request", "list");

export const cryptoInitQueue = stub(
  "void crypto_init_queue(struct crypto_queue *queue, unsigned int max_qlen)",
  (k, { queue, max_qlen }) => {
    initList(k.memory, listOf(k, queue));
    const view = k.struct("crypto_queue", queue);
    k.memory.setPointer(queue + k.offsetOf("crypto_queue", "backlog"), listOf(k, queue));
    view.qlen = 0;
    view.max_qlen = max_qlen;
  },
);

export const cryptoEnqueueRequest = stub(
  "int crypto_enqueue_request(struct crypto_queue *queue, struct crypto_async_request *request)",
  { fails: ["ENOSPC"] },
  (k, { queue, request }) => {
    const view = k.struct("crypto_queue", queue);
    const isFull = view.qlen >= view.max_qlen;
    if (isFull) {
      if ((k.struct("crypto_async_request", request).flags & MAY_BACKLOG) === 0) throw new Errno(ENOSPC);
      const backlog = queue + k.offsetOf("crypto_queue", "backlog");
      if (k.memory.pointer(backlog) === listOf(k, queue))
        k.memory.setPointer(backlog, requestList(k, request));
    }
    view.qlen += 1;
    addTail(k.memory, requestList(k, request), listOf(k, queue));
    return isFull ? -EBUSY : -EINPROGRESS;
  },
);

export const cryptoEnqueueRequestHead = stub(
  "void crypto_enqueue_request_head(struct crypto_queue *queue, struct crypto_async_request *request)",
  (k, { queue, request }) => {
    const view = k.struct("crypto_queue", queue);
    const backlog = queue + k.offsetOf("crypto_queue", "backlog");
    if (view.qlen >= view.max_qlen)
      k.memory.setPointer(backlog, k.memory.pointer(k.memory.pointer(backlog) + 8));
    view.qlen += 1;
    addFirst(k.memory, requestList(k, request), listOf(k, queue));
  },
);

export const cryptoDequeueRequest = stub(
  "struct crypto_async_request *crypto_dequeue_request(struct crypto_queue *queue)",
  (k, { queue }) => {
    const view = k.struct("crypto_queue", queue);
    if (view.qlen === 0) return 0;
    view.qlen -= 1;
    const backlog = queue + k.offsetOf("crypto_queue", "backlog");
    const waiting = k.memory.pointer(backlog);
    if (waiting !== listOf(k, queue)) k.memory.setPointer(backlog, k.memory.pointer(waiting));
    const first = k.memory.pointer(listOf(k, queue));
    unlink(k.memory, first);
    return first - k.offsetOf("crypto_async_request", "list");
  },
);
