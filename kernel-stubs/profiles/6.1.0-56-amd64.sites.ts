/**
 * Where Debian's 6.1.0-56-amd64 warns or dies in the functions that stubs stand for: the entries of
 * its bug table (file, line, address) and the bytes around them, as a report's "Code:" line shows
 * them. By function and line.
 */
export const SITES: Readonly<Record<string, readonly [source: string, at: string, code: string]>> = {
  "__cpu_hotplug_enable:384": [
    "kernel/cpu.c:384",
    "__cpu_hotplug_enable+0x39/0x40",
    "83 e8 01 89 05 70 12 ee 02 c3 cc cc cc cc 80 3d 63 47 b6 01 00 75 f2 48 c7 c7 60 ab 34 82 c6 05 53 47 b6 01 01 e8 27 f3 ff ff <0f> 0b c3 cc cc cc cc 89 c9 89 d2 89 f6 e9 d5 f4 14 00 0f 1f 44 00",
  ],
  "static_key_dec_not_one:273": [
    "kernel/jump_label.c:273",
    "static_key_dec_not_one+0x25/0x50",
    "00 00 00 00 00 e8 8b 8f df ff 8b 07 85 c0 78 1a 74 21 83 f8 01 74 28 8d 50 ff f0 0f b1 17 75 ec b8 01 00 00 00 c3 cc cc cc cc <0f> 0b 31 c0 c3 cc cc cc cc 0f 0b b8 01 00 00 00 c3 cc cc cc cc 31",
  ],
  "static_key_dec_not_one:279": [
    "kernel/jump_label.c:279",
    "static_key_dec_not_one+0x2e/0x50",
    "ff 8b 07 85 c0 78 1a 74 21 83 f8 01 74 28 8d 50 ff f0 0f b1 17 75 ec b8 01 00 00 00 c3 cc cc cc cc 0f 0b 31 c0 c3 cc cc cc cc <0f> 0b b8 01 00 00 00 c3 cc cc cc cc 31 c0 c3 cc cc cc cc 66 66 2e",
  ],
  "__static_key_slow_dec_cpuslocked:303": [
    "kernel/jump_label.c:303",
    "__static_key_slow_dec_cpuslocked.part.0+0x47/0x60",
    "c0 74 36 f0 ff 0b 74 0d 48 c7 c7 e0 84 b4 82 5b e9 2e 61 7d 00 48 89 df e8 46 fc ff ff 48 c7 c7 e0 84 b4 82 5b e9 19 61 7d 00 <0f> 0b 48 c7 c7 e0 84 b4 82 5b e9 0a 61 7d 00 0f 0b eb cb 66 0f 1f",
  ],
  "__static_key_slow_dec_cpuslocked:308": [
    "kernel/jump_label.c:308",
    "__static_key_slow_dec_cpuslocked.part.0+0x56/0x60",
    "5b e9 2e 61 7d 00 48 89 df e8 46 fc ff ff 48 c7 c7 e0 84 b4 82 5b e9 19 61 7d 00 0f 0b 48 c7 c7 e0 84 b4 82 5b e9 0a 61 7d 00 <0f> 0b eb cb 66 0f 1f 44 00 00 e8 eb 89 df ff 80 3d 54 90 9b 01 00",
  ],
  "static_key_slow_dec:332": [
    "kernel/jump_label.c:332",
    "static_key_slow_dec+0x4c/0x50",
    "ff ff 84 c0 75 08 48 89 df e8 70 ff ff ff 5b e9 6a 52 e2 ff 48 89 fa 48 c7 c6 a0 8b 03 82 48 c7 c7 e0 02 37 82 e8 94 3d e2 ff <0f> 0b eb c2 e8 9b 89 df ff 80 3d 04 90 9b 01 00 53 48 89 fb 74 60",
  ],
  "static_key_enable_cpuslocked:200": [
    "kernel/jump_label.c:200",
    "static_key_enable_cpuslocked+0x49/0x90",
    "83 f8 01 75 25 5b c3 cc cc cc cc 48 c7 c7 e0 84 b4 82 e8 4a 74 7d 00 8b 03 85 c0 74 15 48 c7 c7 e0 84 b4 82 5b e9 67 60 7d 00 <0f> 0b 5b c3 cc cc cc cc c7 03 ff ff ff ff 48 89 df e8 71 fb ff ff",
  ],
  "static_key_enable_cpuslocked:196": [
    "kernel/jump_label.c:196",
    "static_key_enable_cpuslocked+0x88/0x90",
    "ff c7 03 01 00 00 00 48 c7 c7 e0 84 b4 82 5b e9 3e 60 7d 00 48 89 fa 48 c7 c6 e0 8b 03 82 48 c7 c7 e0 02 37 82 e8 08 3d e2 ff <0f> 0b eb 86 0f 1f 40 00 e8 0b 89 df ff 53 48 89 fb e8 62 51 e2 ff",
  ],
  "static_key_disable_cpuslocked:227": [
    "kernel/jump_label.c:227",
    "static_key_disable_cpuslocked+0x69/0x80",
    "13 83 f8 01 74 2c 5b 48 c7 c7 e0 84 b4 82 5d e9 ad 5f 7d 00 48 89 fa 48 c7 c6 c0 8b 03 82 48 c7 c7 e0 02 37 82 e8 77 3c e2 ff <0f> 0b eb a6 0f 0b eb b4 48 89 df e8 a7 fa ff ff eb ca 0f 1f 44 00",
  ],
  "static_key_disable_cpuslocked:231": [
    "kernel/jump_label.c:231",
    "static_key_disable_cpuslocked+0x6d/0x80",
    "74 2c 5b 48 c7 c7 e0 84 b4 82 5d e9 ad 5f 7d 00 48 89 fa 48 c7 c6 c0 8b 03 82 48 c7 c7 e0 02 37 82 e8 77 3c e2 ff 0f 0b eb a6 <0f> 0b eb b4 48 89 df e8 a7 fa ff ff eb ca 0f 1f 44 00 00 e8 6b 88",
  ],
  "static_key_slow_inc_cpuslocked:177": [
    "kernel/jump_label.c:177",
    "static_key_slow_inc_cpuslocked+0x76/0x80",
    "00 01 00 00 00 bb 01 00 00 00 48 c7 c7 e0 84 b4 82 e8 4e 5b 7d 00 89 d8 5b 5d c3 cc cc cc cc e8 f0 f4 ff ff 89 c3 84 c0 75 db <0f> 0b eb dc 66 0f 1f 44 00 00 e8 1b 84 df ff 53 48 89 fb e8 72 4c",
  ],
  "__copy_overflow:228": [
    "mm/maccess.c:228",
    "__copy_overflow+0x16/0x30",
    "ff ff 5d 41 5c 41 5d c3 cc cc cc cc 0f 1f 84 00 00 00 00 00 e8 db b4 de ff 48 89 f2 89 fe 48 c7 c7 90 13 37 82 e8 ba 68 e1 ff <0f> 0b c3 cc cc cc cc 0f 1f 00 e8 bb b4 de ff b8 01 00 00 00 c3 cc",
  ],
  "usercopy_abort:101": [
    "mm/usercopy.c:101",
    "usercopy_abort+0x75/0x77",
    "36 82 51 48 0f 45 d6 48 89 c1 49 c7 c3 68 bd 37 82 41 52 48 c7 c6 c8 0c 36 82 48 c7 c7 08 bd 37 82 49 0f 45 f3 e8 4d 54 ff ff <0f> 0b 48 89 f1 49 89 e8 44 89 e2 31 f6 48 c7 c7 b2 bd 37 82 e8 72",
  ],
  "sg_last:109": [
    "lib/scatterlist.c:109",
    "sg_last+0x52/0x60",
    "c8 8b 10 83 c7 01 83 e2 02 74 d8 31 c9 39 fe 75 ed 85 d2 74 15 c3 cc cc cc cc 8b 14 25 00 00 00 00 31 c0 83 e2 02 85 d2 75 eb <0f> 0b 66 66 2e 0f 1f 84 00 00 00 00 00 90 53 89 f2 31 f6 48 89 d3",
  ],
  "refcount_warn_saturate:22": [
    "lib/refcount.c:22",
    "refcount_warn_saturate+0x51/0x110",
    "84 bc 00 00 00 c3 cc cc cc cc 85 f6 74 23 80 3d 46 98 6c 01 00 75 ee 48 c7 c7 68 ac 3a 82 c6 05 36 98 6c 01 01 e8 0f 43 b6 ff <0f> 0b c3 cc cc cc cc 80 3d 24 98 6c 01 00 75 cb 48 c7 c7 68 ac 3a",
  ],
  "refcount_warn_saturate:19": [
    "lib/refcount.c:19",
    "refcount_warn_saturate+0x74/0x110",
    "01 01 e8 0f 43 b6 ff 0f 0b c3 cc cc cc cc 80 3d 24 98 6c 01 00 75 cb 48 c7 c7 68 ac 3a 82 c6 05 14 98 6c 01 01 e8 ec 42 b6 ff <0f> 0b c3 cc cc cc cc 80 3d ff 97 6c 01 00 75 a8 48 c7 c7 90 ac 3a",
  ],
  "refcount_warn_saturate:25": [
    "lib/refcount.c:25",
    "refcount_warn_saturate+0x97/0x110",
    "01 01 e8 ec 42 b6 ff 0f 0b c3 cc cc cc cc 80 3d ff 97 6c 01 00 75 a8 48 c7 c7 90 ac 3a 82 c6 05 ef 97 6c 01 01 e8 c9 42 b6 ff <0f> 0b c3 cc cc cc cc 80 3d db 97 6c 01 00 75 85 48 c7 c7 c0 ac 3a",
  ],
  "refcount_warn_saturate:28": [
    "lib/refcount.c:28",
    "refcount_warn_saturate+0xba/0x110",
    "01 01 e8 c9 42 b6 ff 0f 0b c3 cc cc cc cc 80 3d db 97 6c 01 00 75 85 48 c7 c7 c0 ac 3a 82 c6 05 cb 97 6c 01 01 e8 a6 42 b6 ff <0f> 0b c3 cc cc cc cc 80 3d b6 97 6c 01 00 0f 85 5e ff ff ff 48 c7",
  ],
  "refcount_warn_saturate:34": [
    "lib/refcount.c:34",
    "refcount_warn_saturate+0xe1/0x110",
    "42 b6 ff 0f 0b c3 cc cc cc cc 80 3d b6 97 6c 01 00 0f 85 5e ff ff ff 48 c7 c7 18 ad 3a 82 c6 05 a2 97 6c 01 01 e8 7f 42 b6 ff <0f> 0b c3 cc cc cc cc 48 c7 c7 e8 ac 3a 82 c6 05 89 97 6c 01 01 e8",
  ],
  "refcount_warn_saturate:31": [
    "lib/refcount.c:31",
    "refcount_warn_saturate+0xfb/0x110",
    "18 ad 3a 82 c6 05 a2 97 6c 01 01 e8 7f 42 b6 ff 0f 0b c3 cc cc cc cc 48 c7 c7 e8 ac 3a 82 c6 05 89 97 6c 01 01 e8 65 42 b6 ff <0f> 0b c3 cc cc cc cc 66 66 2e 0f 1f 84 00 00 00 00 00 0f 1f 00 8b",
  ],
  "refcount_dec_not_one:87": [
    "lib/refcount.c:87",
    "refcount_dec_not_one+0x48/0x50",
    "00 00 c3 cc cc cc cc 31 c0 c3 cc cc cc cc 80 3d 3a 97 6c 01 00 75 e6 48 c7 c7 c0 ac 3a 82 c6 05 2a 97 6c 01 01 e8 08 42 b6 ff <0f> 0b eb cf 0f 1f 40 00 55 48 89 f5 53 48 89 fb e8 a3 ff ff ff 84",
  ],
  "refcount_dec_and_mutex_lock:28": [
    "lib/refcount.c:28",
    "refcount_dec_and_mutex_lock+0x67/0x70",
    "d3 5b 5d c3 cc cc cc cc 80 3d d4 96 6c 01 00 c7 03 00 00 00 c0 75 e0 48 c7 c7 c0 ac 3a 82 c6 05 be 96 6c 01 01 e8 99 41 b6 ff <0f> 0b eb c9 0f 1f 44 00 00 55 48 89 f5 53 48 89 fb e8 33 ff ff ff",
  ],
  "refcount_dec_and_lock:28": [
    "lib/refcount.c:28",
    "refcount_dec_and_lock+0x67/0x70",
    "d3 5b 5d c3 cc cc cc cc 80 3d 64 96 6c 01 00 c7 03 00 00 00 c0 75 e0 48 c7 c7 c0 ac 3a 82 c6 05 4e 96 6c 01 01 e8 29 41 b6 ff <0f> 0b eb c9 0f 1f 44 00 00 41 54 49 89 f4 55 48 89 d5 53 48 89 fb",
  ],
  "refcount_dec_and_lock_irqsave:28": [
    "lib/refcount.c:28",
    "refcount_dec_and_lock_irqsave+0x78/0x80",
    "5d 41 5c c3 cc cc cc cc 80 3d e3 95 6c 01 00 c7 03 00 00 00 c0 75 da 48 c7 c7 c0 ac 3a 82 c6 05 cd 95 6c 01 01 e8 a8 40 b6 ff <0f> 0b eb c3 cc cc cc cc 48 89 d0 48 ba 00 f0 ff ff ff 7f 00 00 48",
  ],
  "fortify_panic:1027": [
    "lib/string_helpers.c:1027",
    "fortify_panic+0xf/0x11",
    "f0 ab 3a 82 48 89 d6 e8 80 9c fe ff 49 8d 7c 24 e0 e8 f9 ec 88 ff e9 a0 d3 b1 ff 48 89 fe 48 c7 c7 e8 ad 3a 82 e8 62 9c fe ff <0f> 0b 48 8b 54 24 10 48 8b 74 24 08 4c 89 e9 48 c7 c7 26 ae 3a 82",
  ],
  "__list_add_valid:23": [
    "lib/list_debug.c:23",
    "__list_add_valid.cold+0xc/0x5b",
    "48 89 da 48 c7 c6 98 b2 3a 82 48 89 ef 49 c7 c4 f0 ff ff ff e8 bf 91 01 00 e9 8c 70 b2 ff 48 c7 c7 38 b3 3a 82 e8 10 9b fe ff <0f> 0b 48 89 f2 48 89 c1 48 89 fe 48 c7 c7 38 b4 3a 82 e8 f9 9a fe",
  ],
  "__list_add_valid:33": [
    "lib/list_debug.c:33",
    "__list_add_valid.cold+0x23/0x5b",
    "01 00 e9 8c 70 b2 ff 48 c7 c7 38 b3 3a 82 e8 10 9b fe ff 0f 0b 48 89 f2 48 89 c1 48 89 fe 48 c7 c7 38 b4 3a 82 e8 f9 9a fe ff <0f> 0b 48 89 d1 48 89 c6 4c 89 c2 48 c7 c7 e0 b3 3a 82 e8 e2 9a fe",
  ],
  "__list_add_valid:30": [
    "lib/list_debug.c:30",
    "__list_add_valid.cold+0x3a/0x5b",
    "f2 48 89 c1 48 89 fe 48 c7 c7 38 b4 3a 82 e8 f9 9a fe ff 0f 0b 48 89 d1 48 89 c6 4c 89 c2 48 c7 c7 e0 b3 3a 82 e8 e2 9a fe ff <0f> 0b 48 89 c1 48 c7 c7 88 b3 3a 82 e8 d1 9a fe ff 0f 0b 48 c7 c7",
  ],
  "__list_add_valid:27": [
    "lib/list_debug.c:27",
    "__list_add_valid.cold+0x4b/0x5b",
    "fe ff 0f 0b 48 89 d1 48 89 c6 4c 89 c2 48 c7 c7 e0 b3 3a 82 e8 e2 9a fe ff 0f 0b 48 89 c1 48 c7 c7 88 b3 3a 82 e8 d1 9a fe ff <0f> 0b 48 c7 c7 60 b3 3a 82 e8 c3 9a fe ff 0f 0b 48 89 fe 48 c7 c7",
  ],
  "__list_add_valid:25": [
    "lib/list_debug.c:25",
    "__list_add_valid.cold+0x59/0x5b",
    "c7 c7 e0 b3 3a 82 e8 e2 9a fe ff 0f 0b 48 89 c1 48 c7 c7 88 b3 3a 82 e8 d1 9a fe ff 0f 0b 48 c7 c7 60 b3 3a 82 e8 c3 9a fe ff <0f> 0b 48 89 fe 48 c7 c7 70 b4 3a 82 e8 b2 9a fe ff 0f 0b 48 89 d1",
  ],
  "__list_del_entry_valid:49": [
    "lib/list_debug.c:49",
    "__list_del_entry_valid.cold+0xf/0x6f",
    "c7 c7 88 b3 3a 82 e8 d1 9a fe ff 0f 0b 48 c7 c7 60 b3 3a 82 e8 c3 9a fe ff 0f 0b 48 89 fe 48 c7 c7 70 b4 3a 82 e8 b2 9a fe ff <0f> 0b 48 89 d1 48 c7 c7 90 b5 3a 82 48 89 c2 e8 9e 9a fe ff 0f 0b",
  ],
  "__list_del_entry_valid:62": [
    "lib/list_debug.c:62",
    "__list_del_entry_valid.cold+0x23/0x6f",
    "e8 c3 9a fe ff 0f 0b 48 89 fe 48 c7 c7 70 b4 3a 82 e8 b2 9a fe ff 0f 0b 48 89 d1 48 c7 c7 90 b5 3a 82 48 89 c2 e8 9e 9a fe ff <0f> 0b 48 89 f2 48 89 fe 48 c7 c7 40 b5 3a 82 e8 8a 9a fe ff 0f 0b",
  ],
  "__list_del_entry_valid:59": [
    "lib/list_debug.c:59",
    "__list_del_entry_valid.cold+0x37/0x6f",
    "fe ff 0f 0b 48 89 d1 48 c7 c7 90 b5 3a 82 48 89 c2 e8 9e 9a fe ff 0f 0b 48 89 f2 48 89 fe 48 c7 c7 40 b5 3a 82 e8 8a 9a fe ff <0f> 0b 48 89 fe 48 89 ca 48 c7 c7 08 b5 3a 82 e8 76 9a fe ff 0f 0b",
  ],
  "__list_del_entry_valid:56": [
    "lib/list_debug.c:56",
    "__list_del_entry_valid.cold+0x4b/0x6f",
    "fe ff 0f 0b 48 89 f2 48 89 fe 48 c7 c7 40 b5 3a 82 e8 8a 9a fe ff 0f 0b 48 89 fe 48 89 ca 48 c7 c7 08 b5 3a 82 e8 76 9a fe ff <0f> 0b 48 89 fe 48 c7 c7 d0 b4 3a 82 e8 65 9a fe ff 0f 0b 48 89 fe",
  ],
  "__list_del_entry_valid:53": [
    "lib/list_debug.c:53",
    "__list_del_entry_valid.cold+0x5c/0x6f",
    "e8 8a 9a fe ff 0f 0b 48 89 fe 48 89 ca 48 c7 c7 08 b5 3a 82 e8 76 9a fe ff 0f 0b 48 89 fe 48 c7 c7 d0 b4 3a 82 e8 65 9a fe ff <0f> 0b 48 89 fe 48 c7 c7 a0 b4 3a 82 e8 54 9a fe ff 0f 0b 4c 8b 4f",
  ],
  "__list_del_entry_valid:51": [
    "lib/list_debug.c:51",
    "__list_del_entry_valid.cold+0x6d/0x6f",
    "b5 3a 82 e8 76 9a fe ff 0f 0b 48 89 fe 48 c7 c7 d0 b4 3a 82 e8 65 9a fe ff 0f 0b 48 89 fe 48 c7 c7 a0 b4 3a 82 e8 54 9a fe ff <0f> 0b 4c 8b 4f 20 41 8b 74 24 28 31 c0 48 c7 c3 a6 34 39 82 8b 7f",
  ],
  "idr_alloc_u32:41": [
    "lib/idr.c:41",
    "idr_alloc_u32+0xe3/0x100",
    "df 48 89 e6 e8 3e 29 01 00 31 c0 48 8b 54 24 20 65 48 2b 14 25 28 00 00 00 75 25 48 83 c4 28 5b 5d 41 5c 41 5d c3 cc cc cc cc <0f> 0b 0d 04 00 00 08 89 47 04 e9 65 ff ff ff b8 e4 ff ff ff eb cb",
  ],
  "idr_alloc:86": [
    "lib/idr.c:86",
    "idr_alloc+0x57/0x70",
    "48 0f 4f c8 e8 ca fe ff ff 85 c0 75 04 8b 44 24 04 48 8b 54 24 08 65 48 2b 14 25 28 00 00 00 75 12 48 83 c4 10 c3 cc cc cc cc <0f> 0b b8 ea ff ff ff eb de e8 0b 15 07 00 66 66 2e 0f 1f 84 00 00",
  ],
  "idr_for_each:208": [
    "lib/idr.c:208",
    "idr_for_each+0xda/0xf0",
    "48 85 c0 75 a4 31 c0 48 8b 54 24 20 65 48 2b 14 25 28 00 00 00 75 17 48 83 c4 28 5b 5d 41 5c 41 5d 41 5e 41 5f c3 cc cc cc cc <0f> 0b eb d7 e8 4d 13 07 00 66 66 2e 0f 1f 84 00 00 00 00 00 66 90",
  ],
  "idr_get_next:271": [
    "lib/idr.c:271",
    "idr_get_next+0x50/0x60",
    "ff 48 8b 14 24 48 81 fa ff ff ff 7f 77 1c 89 13 48 8b 54 24 08 65 48 2b 14 25 28 00 00 00 75 10 48 83 c4 10 5b c3 cc cc cc cc <0f> 0b 31 c0 eb e0 e8 c5 11 07 00 0f 1f 44 00 00 41 55 49 89 f5 41",
  ],
  "ida_free:527": [
    "lib/idr.c:527",
    "ida_free+0xe2/0x140",
    "48 89 e7 e8 30 e1 01 00 eb 60 41 83 fd 3e 76 3b 48 8b 3c 24 4c 89 e6 e8 2c 23 08 00 89 de 48 c7 c7 b8 43 41 82 e8 de a1 6c ff <0f> 0b 48 8b 44 24 38 65 48 2b 04 25 28 00 00 00 75 3c 48 83 c4 40",
  ],
  "radix_tree_preload:366": [
    "lib/radix-tree.c:366",
    "radix_tree_preload+0x12/0x20",
    "cc cc cc cc e8 ef 7e 41 00 eb ad b8 f4 ff ff ff eb e7 66 0f 1f 44 00 00 f7 c7 00 04 00 00 74 0a be 15 00 00 00 e9 3e ff ff ff <0f> 0b be 15 00 00 00 e9 32 ff ff ff 66 90 41 56 41 55 41 54 49 89",
  ],
  "idr_destroy:671": [
    "lib/radix-tree.c:671",
    "idr_destroy+0x98/0xb0",
    "e8 ed 39 75 ff 49 39 dd 74 a3 4c 89 f3 83 fd 40 75 c3 0f b6 6b 01 48 8b 43 18 48 8d 7b 18 4c 8b 73 08 83 c5 01 48 39 c7 74 cf <0f> 0b eb cb 80 3b 00 74 c1 48 83 e0 fd 31 ed 48 89 c3 eb 97 0f 1f",
  ],
  "radix_tree_tag_set:979": [
    "lib/radix-tree.c:979",
    "radix_tree_tag_set+0x7b/0xb0",
    "83 e0 03 48 83 f8 02 75 23 48 89 f0 48 89 fa 48 83 e0 fd 0f b6 08 48 d3 ea 83 e2 3f 48 8d 72 04 48 8b 74 f0 08 48 85 f6 75 ca <0f> 0b 41 8d 4a 1b b8 01 00 00 00 41 8b 51 04 d3 e0 85 c2 75 06 09",
  ],
  "radix_tree_tag_set:972": [
    "lib/radix-tree.c:972",
    "radix_tree_tag_set+0xab/0xb0",
    "b8 01 00 00 00 41 8b 51 04 d3 e0 85 c2 75 06 09 d0 41 89 41 04 48 89 f0 c3 cc cc cc cc 48 0f ab 10 eb aa 31 c0 48 39 f8 73 8d <0f> 0b 0f 1f 00 41 57 41 89 d3 41 89 d7 41 89 d2 41 56 41 83 e7 0f",
  ],
  "radix_tree_replace_slot:886": [
    "lib/radix-tree.c:886",
    "radix_tree_replace_slot+0x4f/0x60",
    "c0 48 83 f8 01 41 83 d0 ff 48 39 fe 74 0f 89 d1 83 e0 01 83 e1 01 29 c1 44 09 c1 75 0d 48 89 16 c3 cc cc cc cc 48 39 fe 74 f3 <0f> 0b 48 89 16 c3 cc cc cc cc 45 31 c0 eb d0 66 90 48 89 d0 83 e0",
  ],
  "radix_tree_insert:724": [
    "lib/radix-tree.c:724",
    "radix_tree_insert+0x19b/0x1c0",
    "4b f1 ff ff 85 c0 78 d1 89 c3 49 8b 47 08 85 db 0f 85 e8 fe ff ff 49 83 7f 08 00 75 27 4d 89 6f 08 41 8b 47 04 c1 e8 1b 74 ad <0f> 0b 41 80 44 24 03 01 e9 6c ff ff ff 0f 0b b8 f4 ff ff ff eb 99",
  ],
  "radix_tree_insert:708": [
    "lib/radix-tree.c:708",
    "radix_tree_insert+0x1a8/0x1c0",
    "08 85 db 0f 85 e8 fe ff ff 49 83 7f 08 00 75 27 4d 89 6f 08 41 8b 47 04 c1 e8 1b 74 ad 0f 0b 41 80 44 24 03 01 e9 6c ff ff ff <0f> 0b b8 f4 ff ff ff eb 99 0f 0b 0f 0b b8 ef ff ff ff eb 8e 0f 0b",
  ],
  "radix_tree_insert:722": [
    "lib/radix-tree.c:722",
    "radix_tree_insert+0x1b1/0x1c0",
    "49 83 7f 08 00 75 27 4d 89 6f 08 41 8b 47 04 c1 e8 1b 74 ad 0f 0b 41 80 44 24 03 01 e9 6c ff ff ff 0f 0b b8 f4 ff ff ff eb 99 <0f> 0b 0f 0b b8 ef ff ff ff eb 8e 0f 0b 66 90 49 89 f9 55 48 89 f7",
  ],
  "radix_tree_insert:720": [
    "lib/radix-tree.c:720",
    "radix_tree_insert+0x1b3/0x1c0",
    "7f 08 00 75 27 4d 89 6f 08 41 8b 47 04 c1 e8 1b 74 ad 0f 0b 41 80 44 24 03 01 e9 6c ff ff ff 0f 0b b8 f4 ff ff ff eb 99 0f 0b <0f> 0b b8 ef ff ff ff eb 8e 0f 0b 66 90 49 89 f9 55 48 89 f7 49 89",
  ],
  "radix_tree_insert:721": [
    "lib/radix-tree.c:721",
    "radix_tree_insert+0x1bc/0x1c0",
    "41 8b 47 04 c1 e8 1b 74 ad 0f 0b 41 80 44 24 03 01 e9 6c ff ff ff 0f 0b b8 f4 ff ff ff eb 99 0f 0b 0f 0b b8 ef ff ff ff eb 8e <0f> 0b 66 90 49 89 f9 55 48 89 f7 49 89 d2 53 49 89 cb 49 8d 59 08",
  ],
  "strscpy:181": [
    "lib/string.c:181",
    "strscpy+0xd7/0x110",
    "83 c0 01 48 39 c2 74 0f 41 0f b6 0c 02 41 88 0c 01 84 c9 75 ea eb d8 41 c6 44 01 ff 00 48 c7 c0 f9 ff ff ff 5b c3 cc cc cc cc <0f> 0b 48 c7 c0 f9 ff ff ff c3 cc cc cc cc 31 c0 48 01 c2 eb 09 48",
  ],
  "strlcat:337": [
    "lib/string.c:337",
    "strlcat+0x73/0x80",
    "8d 2c 17 e8 8f be 05 00 c6 45 00 00 48 89 d8 5b 5d c3 cc cc cc cc 49 39 c8 73 0f 48 89 fd 4c 89 c3 31 d2 eb de 45 31 c0 eb a9 <0f> 0b 66 66 2e 0f 1f 84 00 00 00 00 00 31 c0 48 85 d2 74 6c 55 49",
  ],
  "xa_store_range:1726": [
    "lib/xarray.c:1726",
    "xa_store_range+0x295/0x2b0",
    "c0 ff ff 77 02 31 c0 48 8b 54 24 38 65 48 2b 14 25 28 00 00 00 75 1e 48 83 c4 40 5b 5d 41 5c 41 5d 41 5e 41 5f c3 cc cc cc cc <0f> 0b 48 c7 c0 aa ff ff ff eb d2 e8 5b 23 05 00 66 66 2e 0f 1f 84",
  ],
  "xas_split_alloc:1012": [
    "lib/xarray.c:1012",
    "xas_split_alloc+0xd5/0x110",
    "01 48 89 74 c8 08 48 83 fa 40 75 e6 49 8b 56 20 49 89 46 20 48 89 50 08 83 eb 01 75 9a 5b 5d 41 5c 41 5d 41 5e c3 cc cc cc cc <0f> 0b 49 8b 5e 20 48 85 db 74 19 48 89 df 48 8b 5b 08 48 83 c7 18",
  ],
  "__xa_store:1548": [
    "lib/xarray.c:1548",
    "__xa_store+0x10c/0x120",
    "05 c0 ff ff 48 0f 47 d8 48 8b 44 24 38 65 48 2b 04 25 28 00 00 00 75 21 48 83 c4 40 48 89 d8 5b 5d 41 5c 41 5d c3 cc cc cc cc <0f> 0b 48 c7 c3 aa ff ff ff eb d3 31 db eb cf e8 30 22 05 00 41 55",
  ],
  "__xa_cmpxchg:1614": [
    "lib/xarray.c:1614",
    "__xa_cmpxchg+0x78/0x140",
    "48 c7 44 24 20 00 00 00 00 48 c7 44 24 28 00 00 00 00 48 c7 44 24 30 00 00 00 00 48 83 f8 02 75 5f 48 81 f9 02 04 00 00 77 56 <0f> 0b 48 c7 c3 aa ff ff ff 48 8b 44 24 38 65 48 2b 04 25 28 00 00",
  ],
  "__xa_insert:1651": [
    "lib/xarray.c:1651",
    "__xa_insert+0x101/0x120",
    "77 31 31 c0 48 8b 54 24 38 65 48 2b 14 25 28 00 00 00 75 25 48 83 c4 40 5b 5d 41 5c c3 cc cc cc cc 48 81 fa 02 04 00 00 77 8a <0f> 0b b8 ea ff ff ff eb d1 48 c1 f8 02 eb cb e8 8b 1f 05 00 66 66",
  ],
  "__xa_alloc:1833": [
    "lib/xarray.c:1833",
    "__xa_alloc+0x126/0x150",
    "3d 05 c0 ff ff 77 35 31 c0 48 8b 54 24 38 65 48 2b 14 25 28 00 00 00 75 29 48 83 c4 40 5b 5d 41 5c 41 5d 41 5e c3 cc cc cc cc <0f> 0b b8 ea ff ff ff eb d6 0f 0b b8 ea ff ff ff eb cd 48 c1 f8 02",
  ],
  "__xa_alloc:1835": [
    "lib/xarray.c:1835",
    "__xa_alloc+0x12f/0x150",
    "48 8b 54 24 38 65 48 2b 14 25 28 00 00 00 75 29 48 83 c4 40 5b 5d 41 5c 41 5d 41 5e c3 cc cc cc cc 0f 0b b8 ea ff ff ff eb d6 <0f> 0b b8 ea ff ff ff eb cd 48 c1 f8 02 eb c7 e8 3d 1e 05 00 66 66",
  ],
};
