/** include/linux/zstd.h: how much memory it wants (lib/zstd). */
import { stub } from "../../src/stub/declare.ts";

const BLOCK_MAX = 128 * 1024;
const WILDCOPY_OVERLENGTH = 32;
/** Bytes of ZSTD_DCtx. */
const DECOMPRESSION_CONTEXT = 161_480;

export const zstdDstreamWorkspaceBound = stub(
  "size_t zstd_dstream_workspace_bound(size_t max_window_size)",
  (_k, { max_window_size }) => {
    const block = Math.min(max_window_size, BLOCK_MAX);
    return DECOMPRESSION_CONTEXT + block + max_window_size + block + 2 * WILDCOPY_OVERLENGTH;
  },
);
export const zstdDctxWorkspaceBound = stub(
  "size_t zstd_dctx_workspace_bound(void)",
  () => DECOMPRESSION_CONTEXT,
);
