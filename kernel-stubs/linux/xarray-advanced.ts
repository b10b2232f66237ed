/** include/linux/xarray.h, the functions that take a struct xa_state, as lib/xarray.c does it. */
import type { Address } from "../../src/base/address.ts";
import { ENOMEM } from "../../src/base/errno.ts";
import { orderOf, positionOf, storeState } from "../../src/kernel/data/xas-store.ts";
import { isError, isInvalid, loadState, RESTART, type Xas, xasAt } from "../../src/kernel/data/xas-state.ts";
import {
  findConflict,
  findMarkedState,
  findState,
  pauseState,
  stepState,
} from "../../src/kernel/data/xas-walk.ts";
import { arrayAt } from "../../src/kernel/data/xarray-pool.ts";
import { clearMark, hasMark, initMarks, locate, setMark } from "../../src/kernel/data/xarray.ts";
import { type Entry, isMarked } from "../../src/kernel/data/xarray-node.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { maySleep } from "../../src/kernel/memory/gfp.ts";
import { stub } from "../../src/stub/declare.ts";
import { guarded } from "../reports.ts";

/** Dispatch stores a bigint in RAX as it is. */
const pattern = (entry: Entry): Address => entry as unknown as Address;

const entryOf = (k: Kernel, at: Address, name: string, act: (xas: Xas) => Entry): Address =>
  pattern(guarded(k, name, () => act(xasAt(k, at))) ?? 0n);

export const xasLoad = stub("void *xas_load(struct xa_state *xas)", (k, { xas }) =>
  entryOf(k, xas, "xas_load", loadState),
);

export const xasStore = stub(
  "void *xas_store(struct xa_state *xas, void *entry)",
  { level: { partial: "xa_update, which follows nodes that become empty, is not called" } },
  (k, { xas }, call) => entryOf(k, xas, "xas_store", (state) => storeState(state, call.registers[1] ?? 0n)),
);

export const xasFind = stub("void *xas_find(struct xa_state *xas, unsigned long max)", (k, { xas, max }) =>
  entryOf(k, xas, "xas_find", (state) => findState(state, max)),
);

export const xasFindMarked = stub(
  "void *xas_find_marked(struct xa_state *xas, unsigned long max, xa_mark_t mark)",
  (k, { xas, max, mark }) => entryOf(k, xas, "xas_find_marked", (state) => findMarkedState(state, max, mark)),
);

export const xasPause = stub("void xas_pause(struct xa_state *xas)", (k, { xas }) =>
  pauseState(xasAt(k, xas)),
);

export const xasNext = stub("void *__xas_next(struct xa_state *xas)", (k, { xas }) =>
  entryOf(k, xas, "__xas_next", (state) => stepState(state, 1)),
);

export const xasPrev = stub("void *__xas_prev(struct xa_state *xas)", (k, { xas }) =>
  entryOf(k, xas, "__xas_prev", (state) => stepState(state, -1)),
);

/** True when memory was short: the caller tries again. Nodes are never short here. */
export const xasNomem = stub(
  "bool xas_nomem(struct xa_state *xas, gfp_t gfp)",
  { sleeps: ({ gfp }) => maySleep(gfp) },
  (k, { xas }) => {
    const state = xasAt(k, xas);
    if (!isError(state) || state.at.xa_node !== -ENOMEM * 4 + 2) return false;
    state.at.xa_node = RESTART;
    return true;
  },
);

export const xasGetMark = stub(
  "bool xas_get_mark(const struct xa_state *xas, xa_mark_t mark)",
  (k, { xas, mark }) => {
    const state = xasAt(k, xas);
    if (isInvalid(state)) return false;
    const { xa_node: node, xa_offset: offset } = state.at;
    return node === 0 ? isMarked(state.xa, mark) : hasMark(state.xa, node, offset, mark);
  },
);

export const xasSetMark = stub(
  "void xas_set_mark(const struct xa_state *xas, xa_mark_t mark)",
  (k, { xas, mark }) => {
    const state = xasAt(k, xas);
    if (!isInvalid(state)) setMark(state.xa, positionOf(state), mark);
  },
);

export const xasClearMark = stub(
  "void xas_clear_mark(const struct xa_state *xas, xa_mark_t mark)",
  (k, { xas, mark }) => {
    const state = xasAt(k, xas);
    if (!isInvalid(state)) clearMark(state.xa, positionOf(state), mark);
  },
);

export const xasInitMarks = stub("void xas_init_marks(const struct xa_state *xas)", (k, { xas }) => {
  const state = xasAt(k, xas);
  if (!isInvalid(state)) initMarks(state.xa, positionOf(state));
});

export const xasGetOrder = stub("int xas_get_order(struct xa_state *xas)", (k, { xas }) => {
  const { xa, at } = xasAt(k, xas);
  return orderOf(xa, at.xa_node, at.xa_offset);
});

export const xaGetOrder = stub(
  "int xa_get_order(struct xarray *xa, unsigned long index)",
  (k, { xa, index }) => {
    const array = arrayAt(k, xa);
    const position = locate(array, index);
    if (position === undefined || position.entry === 0n) return 0;
    return orderOf(array, position.node, position.offset);
  },
);

export const xasFindConflict = stub("void *xas_find_conflict(struct xa_state *xas)", (k, { xas }) =>
  entryOf(k, xas, "xas_find_conflict", findConflict),
);
