/** Where Debian's 6.1.0-56-amd64 warns in what this floor stands for: file and line, address, and the bytes there. */
import type { Site } from "../oops/incident.ts";

export const WARN_SITES = {
  dentryInUse: {
    source: "fs/dcache.c:1683",
    at: "umount_check.cold+0x2f/0x3b",
    code: "8d 88 c8 03 00 00 48 8b 40 28 4c 8b 08 48 8b 46 30 48 85 c0 74 1c 48 8b 50 40 51 48 c7 c7 30 d7 37 82 48 89 f1 e8 d2 50 ff ff <0f> 0b 58 e9 95 43 97 ff 31 d2 eb e4 48 8b 43 28 48 8b 75 28 48 c7",
  },
  busyInodes: {
    source: "fs/super.c:503",
    at: "generic_shutdown_super.cold+0x1a/0x1c",
    code: "48 0f 48 c2 48 89 05 0d 4d 63 02 e9 7d 73 95 ff 48 8b 43 28 48 8d b3 c8 03 00 00 48 c7 c7 48 c9 37 82 48 8b 10 e8 8b 52 ff ff <0f> 0b 48 8b 43 28 48 c7 c7 78 c9 37 82 48 8b 30 e8 76 52 ff ff 0f",
  },
  kobjectGet: {
    source: "lib/kobject.c:632",
    at: "kobject_get+0x43/0x70",
    code: "0f c1 43 38 85 c0 74 39 8d 50 01 09 c2 78 1f 48 89 d8 5b c3 cc cc cc cc 48 8b 37 48 89 fa 48 c7 c7 80 45 41 82 e8 5d 91 6c ff <0f> 0b eb c8 be 01 00 00 00 e8 ef 4d b6 ff 48 89 d8 5b c3 cc cc cc",
  },
  kobjectPut: {
    source: "lib/kobject.c:726",
    at: "kobject_put+0xbd/0x1d0",
    code: "00 4c 89 ef e8 64 3e 8d ff 48 85 db 74 9a f6 43 3c 01 0f 85 78 ff ff ff 48 8b 33 48 89 da 48 c7 c7 d0 45 41 82 e8 b3 8f 6c ff <0f> 0b e9 5f ff ff ff c3 cc cc cc cc 4d 89 f1 49 c7 c0 30 b3 15 82",
  },
  refcountAddition: {
    source: "lib/refcount.c:25",
    at: "refcount_warn_saturate+0x97/0x110",
    code: "01 01 e8 ec 42 b6 ff 0f 0b c3 cc cc cc cc 80 3d ff 97 6c 01 00 75 a8 48 c7 c7 90 ac 3a 82 c6 05 ef 97 6c 01 01 e8 c9 42 b6 ff <0f> 0b c3 cc cc cc cc 80 3d db 97 6c 01 00 75 85 48 c7 c7 c0 ac 3a",
  },
  refcountUnderflow: {
    source: "lib/refcount.c:28",
    at: "refcount_warn_saturate+0xba/0x110",
    code: "01 01 e8 c9 42 b6 ff 0f 0b c3 cc cc cc cc 80 3d db 97 6c 01 00 75 85 48 c7 c7 c0 ac 3a 82 c6 05 cb 97 6c 01 01 e8 a6 42 b6 ff <0f> 0b c3 cc cc cc cc 80 3d b6 97 6c 01 00 0f 85 5e ff ff ff 48 c7",
  },
  cdevAdd: {
    source: "fs/char_dev.c:486",
    at: "cdev_add+0x55/0x70",
    code: "81 31 c9 e8 1d 1c 39 00 89 c5 58 85 ed 74 09 89 e8 5b 5d e9 bd 4c a9 00 48 8b 7b 18 e8 24 b8 66 00 89 e8 5b 5d e9 ab 4c a9 00 <0f> 0b bd f0 ff ff ff 5b 89 e8 5d e9 9b 4c a9 00 66 66 2e 0f 1f 84",
  },
  procWalk: {
    source: "fs/proc/generic.c:175",
    at: "__xlate_proc_name+0x86/0xa0",
    code: "c0 75 cf 4d 89 3e 31 c0 49 89 2c 24 5b 5d 41 5c 41 5d 41 5e 41 5f e9 49 58 9f 00 4c 89 ee 48 c7 c7 0f 45 38 82 e8 4a 55 c9 ff <0f> 0b b8 fe ff ff ff 5b 5d 41 5c 41 5d 41 5e 41 5f e9 24 58 9f 00",
  },
  procNameDotDot: {
    source: "fs/proc/generic.c:437",
    at: "__proc_create+0xbe/0x280",
    code: "87 89 01 00 00 83 f8 01 74 29 83 f8 02 75 2f 41 80 3c 24 2e 75 28 41 80 7c 24 01 2e 75 20 48 c7 c7 43 45 38 82 e8 22 54 c9 ff <0f> 0b 31 db e9 c9 00 00 00 41 80 3c 24 2e 0f 84 7f 01 00 00 48 8b",
  },
  procNameLength: {
    source: "fs/proc/generic.c:429",
    at: "__proc_create+0x22e/0x280",
    code: "40 93 04 82 eb 86 48 8d 7c 24 08 e8 6c 56 00 00 83 f8 ff 75 1e 48 8b 55 00 e9 c1 fe ff ff 48 c7 c7 2c 45 38 82 e8 b2 52 c9 ff <0f> 0b 31 db e9 59 ff ff ff 48 8b 74 24 10 48 c7 c7 4e 45 38 82 e8",
  },
  procByHand: {
    source: "fs/proc/generic.c:441",
    at: "__proc_create+0x248/0x280",
    code: "c1 fe ff ff 48 c7 c7 2c 45 38 82 e8 b2 52 c9 ff 0f 0b 31 db e9 59 ff ff ff 48 8b 74 24 10 48 c7 c7 4e 45 38 82 e8 98 52 c9 ff <0f> 0b 31 db e9 3f ff ff ff 48 c7 c7 39 45 38 82 e8 83 52 c9 ff 0f",
  },
  procNameDot: {
    source: "fs/proc/generic.c:433",
    at: "__proc_create+0x25d/0x280",
    code: "59 ff ff ff 48 8b 74 24 10 48 c7 c7 4e 45 38 82 e8 98 52 c9 ff 0f 0b 31 db e9 3f ff ff ff 48 c7 c7 39 45 38 82 e8 83 52 c9 ff <0f> 0b 31 db e9 2a ff ff ff e8 25 bf 63 00 48 89 df 31 db e8 3b fd",
  },
  procRegister: {
    source: "fs/proc/generic.c:400",
    at: "proc_register+0x19f/0x240",
    code: "28 00 0f 84 d9 fe ff ff 80 8d aa 00 00 00 08 e9 cd fe ff ff 49 8b b5 a0 00 00 00 4c 89 fa 48 c7 c7 a0 45 38 82 e8 61 4f c9 ff <0f> 0b 48 c7 c7 30 40 06 84 e8 93 d1 64 00 8b 45 5c 48 c7 c7 f0 3b",
  },
  procRemove: {
    source: "fs/proc/generic.c:734",
    at: "remove_proc_entry+0x140/0x1b0",
    code: "00 48 c7 c7 d0 45 38 82 e8 3d 45 c9 ff 0f 0b 48 c7 c7 30 40 06 84 e8 6f c7 64 00 48 89 ee 48 c7 c7 0f 45 38 82 e8 20 45 c9 ff <0f> 0b eb ab 48 c7 c7 30 40 06 84 e8 50 c7 64 00 eb 9d 41 83 6c 24",
  },
  procRemoveNonEmpty: {
    source: "fs/proc/generic.c:740",
    at: "remove_proc_entry+0x19f/0x1b0",
    code: "c7 f8 45 38 82 48 85 c0 48 8d 90 78 ff ff ff 48 0f 45 c2 48 8b 53 78 4c 8b 80 a0 00 00 00 48 8b 92 a0 00 00 00 e8 c1 44 c9 ff <0f> 0b e9 41 ff ff ff e8 65 b1 63 00 0f 1f 44 00 00 e8 bb 90 c6 ff",
  },
  sysfsEmit: {
    source: "fs/sysfs/file.c:740",
    at: "sysfs_emit+0xa7/0xc0",
    code: "e8 4e 4d 5d 00 48 8b 54 24 18 65 48 2b 14 25 28 00 00 00 75 1b c9 e9 98 41 9e 00 48 89 fe 48 c7 c7 df 57 38 82 e8 99 3e c8 ff <0f> 0b 31 c0 eb d5 e8 3e ab 62 00 66 66 2e 0f 1f 84 00 00 00 00 00",
  },
  sysfsEmitAt: {
    source: "fs/sysfs/file.c:768",
    at: "sysfs_emit_at+0x64/0xc0",
    code: "00 00 00 48 c7 44 24 10 00 00 00 00 48 85 ff 74 08 f7 c7 ff 0f 00 00 74 2b 89 f2 48 89 fe 48 c7 c7 30 58 38 82 e8 1c 3e c8 ff <0f> 0b 31 c0 48 8b 54 24 18 65 48 2b 14 25 28 00 00 00 75 40 c9 e9",
  },
  sysfsRemoveGroup: {
    source: "fs/sysfs/group.c:278",
    at: "sysfs_remove_group+0x71/0x80",
    code: "48 89 df 5b 5d 41 5c e9 6d bc ff ff 48 89 df e8 35 ae ff ff eb d0 49 8b 14 24 48 8b 75 00 48 c7 c7 e8 58 38 82 e8 bf 2d c8 ff <0f> 0b 5b 5d 41 5c e9 a4 30 9e 00 0f 1f 40 00 e8 bb 79 c5 ff 41 57",
  },
  miscDeregister: {
    source: "drivers/char/misc.c:247",
    at: "misc_deregister+0x92/0xa0",
    code: "00 00 a0 00 e8 af 9a 03 00 83 fd 7f 77 0c 48 63 ed f0 48 0f b3 2d 9e ba 9d 02 5b 48 c7 c7 20 be bb 82 5d 41 5c e9 8e 9a 39 00 <0f> 0b 5b 5d 41 5c e9 53 7a 74 00 0f 1f 00 e8 6b c3 9b ff 48 8b 47",
  },
  deviceRelease: {
    source: "drivers/base/core.c:2510",
    at: "device_release+0x79/0x90",
    code: "48 8b 83 b0 02 00 00 48 85 c0 74 09 48 8b 40 40 48 85 c0 75 c7 48 8b 73 50 48 85 f6 74 10 48 c7 c7 78 6e 3e 82 e8 d7 fc 9a ff <0f> 0b eb b6 48 8b 33 eb eb 66 66 2e 0f 1f 84 00 00 00 00 00 0f 1f",
  },
  kobjectAdd: {
    source: "lib/kobject.c:210",
    at: "kobject_add_internal+0x241/0x260",
    code: "ff ff e9 29 fe ff ff 0f 0b 0f 0b 0f 0b 0f 0b e9 30 ff ff ff 0f 0b e9 36 ff ff ff 48 89 de 48 c7 c7 68 47 41 82 e8 7f 8a 6c ff <0f> 0b 41 bc ea ff ff ff e9 25 ff ff ff 41 bc fe ff ff ff e9 1a ff",
  },
} as const satisfies Record<string, Site>;
