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
import { type Entry, isMarked, NODE } from "../../src/kernel/data/xarray-node.ts";
import {
  createRange,
  deleteNodeOf,
  destroySpares,
  split,
  spareNodes,
} from "../../src/kernel/data/xas-range.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { maySleep } from "../../src/kernel/memory/gfp.ts";
import { stub } from "../../src/stub/declare.ts";
import { guarded, warnAt } from "../reports.ts";

/** Dispatch stores a bigint in RAX as it is. */
const pattern = (entry: Entry): Address => entry as unknown as Address;

const entryOf = (k: Kernel, at: Address, name: string, act: (xas: Xas) => Entry): Address =>
  pattern(guarded(k, name, () => act(xasAt(k, at))) ?? 0n);

/** xas_update(), once everything is in its place: the owner of the state follows its nodes' counts. */
function* tellUpdates(k: Kernel, { xa, at }: Xas): Routine<void> {
  const update = at.xa_update;
  for (const node of xa.touched ?? []) yield* k.call(update, node);
}

export const xasLoad = stub("void *xas_load(struct xa_state *xas)", (k, { xas }) =>
  entryOf(k, xas, "xas_load", loadState),
);

export const xasStore = stub(
  "void *xas_store(struct xa_state *xas, void *entry)",
  function* (k, { xas }, call) {
    const [state, entry] = [xasAt(k, xas), call.registers[1] ?? 0n];
    const old = guarded(k, "xas_store", () => storeState(state, entry)) ?? 0n;
    yield* tellUpdates(k, state);
    return pattern(old);
  },
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
    if (!isError(state) || state.at.xa_node !== -ENOMEM * 4 + 2) {
      destroySpares(state);
      return false;
    }
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

export const xasCreateRange = stub("void xas_create_range(struct xa_state *xas)", function* (k, { xas }) {
  const state = xasAt(k, xas);
  guarded(k, "xas_create_range", () => createRange(state));
  yield* tellUpdates(k, state);
});

/** Memory is never short here: only what is too large to be split fails. */
export const xasSplitAlloc = stub(
  "void xas_split_alloc(struct xa_state *xas, void *entry, unsigned int order, gfp_t gfp)",
  { sleeps: ({ gfp }) => maySleep(gfp) },
  (k, { xas, order }, call) => {
    const state = xasAt(k, xas);
    if (spareNodes(state, call.registers[1] ?? 0n, order)) return;
    warnAt(k, "xas_split_alloc:1012");
    destroySpares(state);
    state.at.xa_node = -ENOMEM * 4 + 2;
  },
);

export const xasSplit = stub(
  "void xas_split(struct xa_state *xas, void *entry, unsigned int order)",
  function* (k, { xas, order }, call) {
    const state = xasAt(k, xas);
    guarded(k, "xas_split", () => split(state, call.registers[1] ?? 0n, order));
    yield* tellUpdates(k, state);
  },
);

export const xaDeleteNode = stub(
  "void xa_delete_node(struct xa_node *node, xa_update_node_t update)",
  function* (k, { node, update }) {
    const touched =
      guarded(k, "xa_delete_node", () =>
        deleteNodeOf(arrayAt(k, k.memory.pointer(node + NODE.ARRAY)), node),
      ) ?? [];
    for (const each of update === 0 ? [] : touched) yield* k.call(update, each);
  },
);
