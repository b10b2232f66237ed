/** include/linux/fsnotify_backend.h (fs/notify/fsnotify.c). */
import { stub } from "../../src/stub/declare.ts";

export const fsnotify = stub(
  `int fsnotify(__u32 mask, const void *data, int data_type, struct inode *dir, const struct qstr *file_name,
      struct inode *inode, u32 cookie)`,
  { level: { partial: "no process watches files" }, sleeps: true },
  () => 0,
);
