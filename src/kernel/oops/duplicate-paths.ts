import type { ByteString } from "../../base/bytes.ts";
import type { CallerChain } from "./callers.ts";

export const DUPLICATE_FILE: CallerChain = ["sysfs_warn_dup.cold+0x17/0x23"];
const DIRECTORY: CallerChain = [
  ...DUPLICATE_FILE,
  "sysfs_create_dir_ns+0xca/0xe0",
  "kobject_add_internal+0xba/0x260",
];
const DEVICE: CallerChain = [...DIRECTORY, "kobject_add+0x9b/0xd0", "device_add+0xe0/0x8d0"];
const SOFTWARE_NODE: CallerChain = [
  ...DIRECTORY,
  "kobject_init_and_add+0x8c/0xc0",
  "swnode_register+0x139/0x210",
  "software_node_register+0xcc/0x110",
];

/** Kernel functions from sysfs_warn_dup() out to the stub that adds a directory, as recorded. */
const PATHS: Readonly<Record<ByteString, CallerChain>> = {
  device_create: [...DEVICE, "device_create_groups_vargs+0xce/0xf0", "device_create+0x51/0x70"],
  __root_device_register: [...DEVICE, "__root_device_register+0x64/0xe0"],
  software_node_register: SOFTWARE_NODE,
  device_add_software_node: [...SOFTWARE_NODE, "device_add_software_node+0x108/0x160"],
};

export const duplicateDirectory = (stub: ByteString | undefined): CallerChain =>
  (stub === undefined ? undefined : PATHS[stub]) ?? DIRECTORY;
