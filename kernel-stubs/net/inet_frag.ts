/** include/net/inet_frag.h, as net/ipv4/inet_fragment.c does it: where fragments of packets wait for each other. */
import type { Address } from "../../src/base/address.ts";
import { ENOMEM } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { destroy } from "../../src/kernel/data/rhashtable/destroy.ts";
import { initialise } from "../../src/kernel/data/rhashtable/initialise.ts";
import { initList } from "../../src/kernel/data/guest-list.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { GFP_KERNEL } from "../../src/kernel/memory/gfp.ts";
import { block } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";
import { guardedRoutine } from "../reports.ts";

export const inetFragsInit = stub(
  "int inet_frags_init(struct inet_frags *f)",
  { fails: ["ENOMEM"], sleeps: true, acquires: { inet_frags: "f" } },
  (k, { f }) => {
    const view = k.struct("inet_frags", f);
    const name = k.memory.cstring(view.frags_cache_name, 256);
    const made = k.heap.cacheCreate({
      name,
      size: view.qsize,
      align: 0,
      flags: 0,
      ctor: 0,
      userOffset: 0,
      userSize: 0,
    });
    if (!("cache" in made)) throw new Errno(ENOMEM);
    view.frags_cachep = made.cache as typeof view.frags_cachep;
    view.refcnt.refs.counter = 1;
    k.memory.fill(view.completion.$address, 0, k.sizeOf("completion"));
    initList(k.memory, view.completion.wait.task_list.$address);
    return 0;
  },
);

/** Whoever was the last to need it; the others wait. */
const drop = (k: Kernel, f: Address): void => {
  const { refs } = k.struct("inet_frags", f).refcnt;
  refs.counter -= 1;
  if (refs.counter === 0) k.waits.wakeAll(f);
};

export const inetFragsFini = stub(
  "void inet_frags_fini(struct inet_frags *f)",
  { sleeps: true, releases: { inet_frags: "f" } },
  (k, { f }) => {
    const view = k.struct("inet_frags", f);
    if (k.current.restart === undefined) {
      drop(k, f);
      k.journal.touch(k.current).restart = true;
    }
    if (view.refcnt.refs.counter !== 0) {
      k.waits.join(f, k.current);
      return block("the last of an inet_frags");
    }
    k.waits.leave(f, k.current);
    k.heap.cacheDestroy(view.frags_cachep);
    view.frags_cachep = 0 as typeof view.frags_cachep;
    return undefined;
  },
);

export const fqdirInit = stub(
  "int fqdir_init(struct fqdir **fqdirp, struct inet_frags *f, struct net *net)",
  {
    fails: ["ENOMEM"],
    sleeps: true,
    acquires: { fqdir: (k, { fqdirp }, result) => (result < 0 ? undefined : k.memory.pointer(fqdirp)) },
  },
  (k, { fqdirp, f, net }) => {
    const made = k.heap.kmalloc(k.sizeOf("fqdir"), GFP_KERNEL);
    if (made === 0) throw new Errno(ENOMEM);
    const view = k.struct("fqdir", made);
    view.f = f;
    view.net = net;
    try {
      initialise(k, view.rhashtable.$address, k.struct("inet_frags", f).rhash_params.$address);
    } catch (error) {
      if (error instanceof Errno) k.heap.kfree(made);
      throw error;
    }
    k.struct("inet_frags", f).refcnt.refs.counter += 1;
    k.memory.setPointer(fqdirp, made);
    return 0;
  },
);
/** A worker does it in the kernel. */
export const fqdirExit = stub(
  "void fqdir_exit(struct fqdir *fqdir)",
  {
    releases: { fqdir: "fqdir" },
    level: { partial: "is done at once; fragments that still wait stay allocated" },
  },
  function* (k, { fqdir }) {
    const { f, rhashtable } = k.struct("fqdir", fqdir);
    const table = k.struct("rhashtable", rhashtable.$address);
    yield* guardedRoutine(k, "fqdir_exit", () => destroy(k, table, undefined));
    k.heap.kfree(fqdir);
    drop(k, f);
  },
);
