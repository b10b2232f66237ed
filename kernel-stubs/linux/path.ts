/** include/linux/path.h, as fs/namei.c does it. */
import { getDentry, putDentry } from "../../src/kernel/filesystems/dentry.ts";
import { getMount, putMount } from "../../src/kernel/filesystems/mount.ts";
import { stub } from "../../src/stub/declare.ts";

export const pathGet = stub(
  "void path_get(const struct path *path)",
  { acquires: { path: "path" } },
  (k, { path }) => {
    const { mnt, dentry } = k.struct("path", path);
    getMount(k, mnt);
    getDentry(k, dentry);
  },
);
export const pathPut = stub(
  "void path_put(const struct path *path)",
  { sleeps: true, releases: { path: "path" } },
  function* (k, { path }) {
    const { mnt, dentry } = k.struct("path", path);
    if (dentry !== 0) yield* putDentry(k, dentry);
    yield* putMount(k, mnt);
  },
);
