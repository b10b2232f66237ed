/** include/linux/device.h: the core of managed resources, as drivers/base/devres.c does it. */
import { asInt } from "../../src/abi/calls.ts";
import type { Address } from "../../src/base/address.ts";
import { ENOENT } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Devres } from "../../src/kernel/devices/devres.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { GFP } from "../../src/kernel/memory/gfp.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";

export const devresAllocNode = stub(
  "void *__devres_alloc_node(dr_release_t release, size_t size, gfp_t gfp, int nid, const char *name)",
  { fails: ["NULL"], acquires: { devres: "return" } },
  (k, { release, size, gfp }) => {
    const data = k.heap.kmalloc(size, gfp | GFP.ZERO);
    if (data !== 0) k.driverCore.devres.add(0, { kind: "guest", device: 0, data, release });
    return data;
  },
);
const takeLoose = (k: Kernel, res: Address): (Devres & { kind: "guest" }) | undefined => {
  const found = k.driverCore.devres.take(0, ({ kind, data }) => kind === "guest" && data === res);
  return found?.kind === "guest" ? found : undefined;
};
export const devresFree = stub(
  "void devres_free(void *res)",
  { releases: { devres: "res" } },
  (k, { res }) => {
    if (res !== 0 && takeLoose(k, res) !== undefined) k.heap.kfree(res);
  },
);
export const devresAdd = stub(
  "void devres_add(struct device *dev, void *res)",
  { releases: { devres: "res" } },
  (k, { dev, res }) => {
    const loose = takeLoose(k, res);
    if (loose !== undefined) k.driverCore.devres.add(dev, { ...loose, device: dev });
  },
);

/** The last one of that release function that `match` takes. */
function* find(
  k: Kernel,
  dev: Address,
  { release, match, match_data }: { release: Address; match: Address; match_data: Address },
): Routine<Devres | undefined> {
  for (const entry of k.driverCore.devres.list(dev).toReversed()) {
    if (entry.kind !== "guest" || entry.release !== release) continue;
    if (match === 0 || asInt(yield* k.call(match, dev, entry.data, match_data)) !== 0) return entry;
  }
  return undefined;
}
export const devresFind = stub(
  "void *devres_find(struct device *dev, dr_release_t release, dr_match_t match, void *match_data)",
  { fails: ["NULL"] },
  function* (k, args) {
    return (yield* find(k, args.dev, args))?.data ?? 0;
  },
);
export const devresGet = stub(
  "void *devres_get(struct device *dev, void *new_res, dr_match_t match, void *match_data)",
  function* (k, { dev, new_res, match, match_data }) {
    const loose = takeLoose(k, new_res);
    if (loose === undefined) return 0;
    const there = yield* find(k, dev, { release: loose.release, match, match_data });
    if (there === undefined) k.driverCore.devres.add(dev, { ...loose, device: dev });
    else k.heap.kfree(new_res);
    return there?.data ?? new_res;
  },
);
const removed = function* (k: Kernel, args: Parameters<typeof find>[2] & { dev: Address }): Routine<Devres> {
  const entry = yield* find(k, args.dev, args);
  if (entry === undefined) throw new Errno(ENOENT);
  k.driverCore.devres.take(args.dev, (each) => each === entry);
  return entry;
};
export const devresRemove = stub(
  "void *devres_remove(struct device *dev, dr_release_t release, dr_match_t match, void *match_data)",
  { fails: ["NULL"] },
  function* (k, args) {
    const entry = yield* find(k, args.dev, args);
    if (entry === undefined) return 0;
    k.driverCore.devres.take(args.dev, (each) => each === entry);
    k.driverCore.devres.add(0, entry);
    return entry.data;
  },
);
export const devresDestroy = stub(
  "int devres_destroy(struct device *dev, dr_release_t release, dr_match_t match, void *match_data)",
  { fails: ["ENOENT"] },
  function* (k, args) {
    k.heap.kfree((yield* removed(k, args)).data);
    return 0;
  },
);
export const devresRelease = stub(
  "int devres_release(struct device *dev, dr_release_t release, dr_match_t match, void *match_data)",
  { fails: ["ENOENT"] },
  function* (k, args) {
    yield* k.driverCore.devres.release([yield* removed(k, args)]);
    return 0;
  },
);

export const devresOpenGroup = stub(
  "void *devres_open_group(struct device *dev, void *id, gfp_t gfp)",
  { fails: ["NULL"] },
  (k, { dev, id }) => {
    const data = id === 0 ? k.statics.allocate(8) : id;
    k.driverCore.devres.add(dev, { kind: "group", data, closed: false });
    return data;
  },
);
/** Where the group begins and ends in the device's list. */
const groupRange = (
  k: Kernel,
  dev: Address,
  id: Address,
): readonly [from: number, to: number] | undefined => {
  const list = k.driverCore.devres.list(dev);
  const from = list.findLastIndex(
    (each) => each.kind === "group" && (id === 0 ? !each.closed : each.data === id && !each.closed),
  );
  if (from >= 0) return [from, list.length];
  const last = list.findLastIndex(({ kind, data }) => kind === "group" && data === id);
  const first = list.findIndex(({ kind, data }) => kind === "group" && data === id);
  return first < 0 ? undefined : [first, last + 1];
};
export const devresCloseGroup = stub(
  "void devres_close_group(struct device *dev, void *id)",
  (k, { dev, id }) => {
    const list = k.driverCore.devres.list(dev);
    const range = groupRange(k, dev, id);
    const open = range === undefined ? undefined : list[range[0]];
    if (open?.kind !== "group") return;
    const closed = { ...open, closed: true };
    k.driverCore.devres.replace(dev, [...list.map((each) => (each === open ? closed : each)), { ...closed }]);
  },
);
export const devresRemoveGroup = stub(
  "void devres_remove_group(struct device *dev, void *id)",
  (k, { dev, id }) => {
    const range = groupRange(k, dev, id);
    const list = k.driverCore.devres.list(dev);
    const marker = range === undefined ? undefined : list[range[0]];
    if (marker === undefined) return;
    k.driverCore.devres.replace(
      dev,
      list.filter(({ kind, data }) => kind !== "group" || data !== marker.data),
    );
  },
);
export const devresReleaseGroup = stub(
  "int devres_release_group(struct device *dev, void *id)",
  function* (k, { dev, id }) {
    const range = groupRange(k, dev, id);
    if (range === undefined) return 0;
    const [from, to] = range;
    const list = k.driverCore.devres.list(dev);
    const entries = list.slice(from, to).filter(({ kind }) => kind !== "group");
    k.driverCore.devres.replace(dev, [...list.slice(0, from), ...list.slice(to)]);
    yield* k.driverCore.devres.release(entries);
    return entries.length;
  },
);

export const devmAddAction = stub(
  "int devm_add_action(struct device *dev, void (*action)(void *), void *data)",
  { fails: ["ENOMEM"] },
  (k, { dev, action, data }) => {
    k.driverCore.devres.add(dev, { kind: "action", release: action, data });
    return 0;
  },
);
const takeAction = (k: Kernel, dev: Address, action: Address, data: Address): Devres | undefined =>
  k.driverCore.devres.take(
    dev,
    (each) => each.kind === "action" && each.release === action && each.data === data,
  );
export const devmRemoveAction = stub(
  "void devm_remove_action(struct device *dev, void (*action)(void *), void *data)",
  (k, { dev, action, data }) => void takeAction(k, dev, action, data),
);
export const devmReleaseAction = stub(
  "void devm_release_action(struct device *dev, void (*action)(void *), void *data)",
  function* (k, { dev, action, data }) {
    const found = takeAction(k, dev, action, data);
    if (found !== undefined) yield* k.driverCore.devres.release([found]);
  },
);
