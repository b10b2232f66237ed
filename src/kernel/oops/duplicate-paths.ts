import type { ByteString } from "../../base/bytes.ts";
import type { CallerChain } from "./callers.ts";

export const DUPLICATE_FILE: CallerChain = ["sysfs_warn_dup.cold+0x17/0x23"];
const DIRECTORY: CallerChain = [
  ...DUPLICATE_FILE,
  "sysfs_create_dir_ns+0xca/0xe0",
  "kobject_add_internal+0xba/0x260",
];
const KOBJECT: CallerChain = [...DIRECTORY, "kobject_add+0x9b/0xd0"];
const DEVICE: CallerChain = [...KOBJECT, "device_add+0xe0/0x8d0"];
const PLATFORM: CallerChain = [...DEVICE, "platform_device_add+0xee/0x240"];
const DEVICE_CREATE: CallerChain = ["device_create_groups_vargs+0xce/0xf0", "device_create+0x51/0x70"];
const KSET: CallerChain = [...DIRECTORY, "kset_register+0x55/0x70"];
const NEW: CallerChain = [...DIRECTORY, "kobject_init_and_add+0x8c/0xc0"];
const CLASS: CallerChain = [...KSET, "__class_register+0xcf/0x190"];
const SOFTWARE_NODE: CallerChain = [
  ...NEW,
  "swnode_register+0x139/0x210",
  "software_node_register+0xcc/0x110",
];

/** Kernel functions from sysfs_warn_dup() out to the stub that adds a directory, as recorded. */
const PATHS: Readonly<Record<ByteString, CallerChain>> = {
  kobject_add: KOBJECT,
  kobject_init_and_add: NEW,
  kobject_create_and_add: [...KOBJECT, "kobject_create_and_add+0x73/0x90"],
  kset_register: KSET,
  kset_create_and_add: [...KSET, "kset_create_and_add+0x69/0x90"],
  bus_register: [...KSET, "bus_register+0xc8/0x3b0"],
  driver_register: [...NEW, "bus_add_driver+0xab/0x200", "driver_register+0x89/0xe0"],
  __class_register: CLASS,
  __class_create: [...CLASS, "__class_create+0x4c/0x80"],
  device_create: [...DEVICE, ...DEVICE_CREATE],
  platform_device_add: PLATFORM,
  __platform_create_bundle: [...PLATFORM, "__platform_create_bundle+0x9e/0xd0"],
  __root_device_register: [...DEVICE, "__root_device_register+0x64/0xe0"],
  software_node_register: SOFTWARE_NODE,
  device_add_software_node: [...SOFTWARE_NODE, "device_add_software_node+0x108/0x160"],
};

const LINK: CallerChain = [...DUPLICATE_FILE, "sysfs_do_create_link_sd+0xcf/0xe0"];
const NUMBERS: Readonly<Record<ByteString, CallerChain>> = {
  device_create: [...LINK, "device_add+0x66e/0x8d0", ...DEVICE_CREATE],
};

/** The same for a link; of those that device_add() makes one may be there before: that of the number. */
export const duplicateLink = (stub: ByteString | undefined): CallerChain =>
  (stub === undefined ? undefined : NUMBERS[stub]) ?? LINK;

export const duplicateDirectory = (stub: ByteString | undefined): CallerChain =>
  (stub === undefined ? undefined : PATHS[stub]) ?? DIRECTORY;
