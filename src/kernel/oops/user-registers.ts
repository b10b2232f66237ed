import { type Address, toPattern } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { formatCode } from "./code-bytes.ts";
import { hex } from "./symbol-text.ts";
import { type PtRegs, USER_CS, USER_SS } from "./registers.ts";

/** A system call that a process is in: what its user-mode registers held. */
export interface SystemCall {
  /** asm/unistd_64.h */
  readonly number: number;
  readonly args: readonly (number | bigint)[];
}

/** Numbers of the system calls that modules meet (arch/x86/entry/syscalls/syscall_64.tbl). */
export const SYSCALL = {
  READ: 0,
  WRITE: 1,
  OPEN: 2,
  CLOSE: 3,
  POLL: 7,
  LSEEK: 8,
  MMAP: 9,
  IOCTL: 16,
  INIT_MODULE: 175,
  DELETE_MODULE: 176,
  FINIT_MODULE: 313,
} as const;

/** Where a C library's `syscall` function of a static program stands, behind the instruction. */
export const SYSCALL_RETURN: Address = 0x4464f9;
const USER_STACK: Address = 0x7ffd_2aa4_9b18;
/** glibc's `syscall`: moves its arguments into place, traps, tests for an error. */
export const SYSCALL_CODE =
  "2800000075054883c428c3e8511a0000904889f84889f74889d64889ca4d89c24d89c84c8b4c24080f05" +
  "483d01f0ffff7301c348c7c1b8fffffff7d864890148";

const ENOSYS = 38n;

/** The registers a process had when it made the call; host programs have none, so they are those of a C program. */
export const userRegisters = ({ number, args }: SystemCall): PtRegs => {
  const arg = (index: number): bigint => BigInt.asUintN(64, BigInt(args[index] ?? 0));
  const ip = toPattern(SYSCALL_RETURN);
  return {
    ax: BigInt.asUintN(64, -ENOSYS),
    bx: 0n,
    cx: ip,
    dx: arg(2),
    si: arg(1),
    di: arg(0),
    bp: arg(0),
    sp: toPattern(USER_STACK),
    r8: arg(4),
    r9: arg(5),
    r10: arg(3),
    r11: 0x246n,
    r12: 0n,
    r13: 0n,
    r14: 0n,
    r15: 0n,
    ip,
    flags: 0x246n,
    origAx: BigInt(number),
    cs: USER_CS,
    ss: USER_SS,
  };
};

export const userRipLine = (): ByteString => `RIP: 0033:0x${hex(SYSCALL_RETURN)}`;
export const userCodeLine = (): ByteString => formatCode(Buffer.from(SYSCALL_CODE, "hex"));
