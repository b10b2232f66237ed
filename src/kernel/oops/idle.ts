import type { ByteString } from "../../base/bytes.ts";

/** How an interrupt gets onto the interrupted stack. */
export const INTERRUPT_ENTRY: ByteString = " asm_sysvec_apic_timer_interrupt+0x16/0x20";

/** What an interrupt interrupts when nothing runs: the idle loop of Debian's 6.1.0-56-amd64. */
export const IDLE: ByteString[] = [
  INTERRUPT_ENTRY,
  "RIP: 0010:native_safe_halt+0xb/0x10",
  "Code: 7f c3 cc cc cc cc 65 48 8b 04 25 80 fb 01 00 3e 80 48 02 20 48 8b 00 a8 08 75 c0 eb 88 cc cc " +
    "eb 07 0f 00 2d 09 05 5b 00 fb f4 <c3> cc cc cc cc eb 07 0f 00 2d f9 04 5b 00 f4 c3 cc cc cc cc cc 0f",
  "RSP: 0018:ffffffff82a03e98 EFLAGS: 00000246",
  "RAX: 000000000001ad40 RBX: 0000000000000000 RCX: 0000000000000000",
  "RDX: 4000000000000000 RSI: 0000000000000083 RDI: 0000000000000054",
  "RBP: ffffffff82a1aa40 R08: 0000000000023000 R09: 0000000000000007",
  "R10: 00000000fffffffb R11: 0000000000000001 R12: 0000000000000000",
  "R13: 0000000000000000 R14: 0000000000000000 R15: 0000000000000000",
  " amd_e400_idle+0x3d/0x50",
  " default_idle_call+0x38/0xf0",
  " do_idle+0x206/0x2b0",
  " cpu_startup_entry+0x26/0x30",
  " rest_init+0xca/0xd0",
  " arch_call_rest_init+0xa/0x14",
  " start_kernel+0x6fb/0x70f",
  " secondary_startup_64_no_verify+0xe5/0xeb",
];
