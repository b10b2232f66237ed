/** include/linux/dma-buf.h, as drivers/dma-buf/dma-buf.c does it. No descriptor here is ever a DMA buffer. */
import { EBADF, EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { stub } from "../../src/stub/declare.ts";

export const dmaBufGet = stub(
  "struct dma_buf *dma_buf_get(int fd)",
  { fails: ["EBADF", "EINVAL"], errPtr: true },
  (k, { fd }) => {
    const isOpen = k.processes.find(k.current.pid)?.files.get(fd) !== undefined;
    throw new Errno(isOpen ? EINVAL : EBADF);
  },
);
