import { type CallerChain, SYSCALL } from "./callers.ts";

/** Operations of files that guest code serves. */
export type FileOperation =
  | "open"
  | "read"
  | "readIter"
  | "write"
  | "writeIter"
  | "llseek"
  | "ioctl"
  | "flush"
  | "release";

/** Numbers of the system calls that differ in how they get to an operation. */
export const CALL = { DUP2: 33, SENDFILE: 40, EXIT_GROUP: 231 } as const;

const READ: CallerChain = ["ksys_read+0x6b/0xf0", ...SYSCALL];
const WRITE: CallerChain = ["ksys_write+0x6b/0xf0", ...SYSCALL];
const EXIT: CallerChain = ["do_group_exit+0x2d/0x80", "__x64_sys_exit_group+0x14/0x20", ...SYSCALL];

const USUAL: Readonly<Record<FileOperation, CallerChain>> = {
  open: [
    "do_dentry_open+0x1e5/0x410",
    "path_openat+0xb7d/0x1260",
    "do_filp_open+0xaf/0x160",
    "do_sys_openat2+0xaf/0x170",
    "__x64_sys_openat+0x6a/0xa0",
    ...SYSCALL,
  ],
  read: ["vfs_read+0xa5/0x310", ...READ],
  readIter: ["vfs_read+0x23f/0x310", ...READ],
  write: ["vfs_write+0xc7/0x3f0", ...WRITE],
  writeIter: ["vfs_write+0x235/0x3f0", ...WRITE],
  llseek: ["ksys_lseek+0x69/0xb0", ...SYSCALL],
  ioctl: ["__x64_sys_ioctl+0x90/0xd0", ...SYSCALL],
  flush: ["filp_close+0x34/0x70", "__x64_sys_close+0xd/0x50", ...SYSCALL],
  release: [
    "__fput+0x93/0x250",
    "task_work_run+0x59/0x90",
    "exit_to_user_mode_prepare+0x23d/0x240",
    "syscall_exit_to_user_mode+0x17/0x40",
    "do_syscall_64+0x69/0xb0",
    "entry_SYSCALL_64_after_hwframe+0x6e/0xd8",
  ],
};

const BY_CALL: Readonly<Record<number, Partial<Record<FileOperation, CallerChain>>>> = {
  [CALL.DUP2]: {
    flush: ["filp_close+0x34/0x70", "do_dup2+0x96/0xd0", "__x64_sys_dup2+0x24/0xa0", ...SYSCALL],
  },
  [CALL.SENDFILE]: {
    readIter: [
      "generic_file_splice_read+0xda/0x1a0",
      "splice_direct_to_actor+0xab/0x260",
      "? generic_file_splice_read+0x1a0/0x1a0",
      "do_splice_direct+0x95/0xe0",
      "? propagate_umount+0x620/0x620",
      "do_sendfile+0x361/0x4e0",
      "__x64_sys_sendfile64+0xaa/0xc0",
      ...SYSCALL,
    ],
  },
  [CALL.EXIT_GROUP]: {
    flush: ["filp_close+0x34/0x70", "put_files_struct+0x78/0xd0", "do_exit+0x363/0xb10", ...EXIT],
    release: ["__fput+0x93/0x250", "task_work_run+0x59/0x90", "do_exit+0x381/0xb10", ...EXIT],
  },
};

/** What stands between a kind of file and the system calls. */
const KINDS = {
  plain: {},
  chrdev: { open: ["chrdev_open+0xc3/0x250"] },
  misc: { open: ["misc_open+0xc4/0x180", "chrdev_open+0xc3/0x250"] },
  proc: {
    open: ["proc_reg_open+0xa9/0x190"],
    read: ["proc_reg_read+0x56/0xa0"],
    readIter: ["proc_reg_read_iter+0x4d/0x90"],
    write: ["proc_reg_write+0x56/0xa0"],
    release: ["close_pdeo+0xa3/0x130", "proc_reg_release+0x74/0x80"],
  },
  debugfs: { read: ["full_proxy_read+0x53/0x80"], write: ["full_proxy_write+0x53/0x80"] },
  sysfs: {
    readIter: ["sysfs_kf_seq_show+0xa3/0xe0", "seq_read_iter+0x122/0x450"],
    writeIter: ["kernfs_fop_write_iter+0x12e/0x200"],
  },
  sysctl: {
    readIter: ["proc_sys_call_handler+0x1bd/0x2e0"],
    writeIter: ["proc_sys_call_handler+0x1bd/0x2e0"],
  },
} as const satisfies Record<string, Partial<Record<FileOperation, CallerChain>>>;

export type CalledKind = keyof typeof KINDS;

/** The callers of an operation in a system call, innermost first. */
export const fileCallers = (
  kind: CalledKind,
  operation: FileOperation,
  systemCall: number | undefined,
): CallerChain => {
  const front: Partial<Record<FileOperation, CallerChain>> = KINDS[kind];
  const usual = USUAL[operation];
  const call = systemCall === undefined ? usual : (BY_CALL[systemCall]?.[operation] ?? usual);
  return [...(front[operation] ?? []), ...call];
};

/** Functions of a seq_file's records, and what serves attributes. */
export const RECORD_CALLERS = {
  seqStart: ["seq_read_iter+0xfb/0x450"],
  seqShow: ["seq_read_iter+0x122/0x450"],
  seqNext: ["seq_read_iter+0x2df/0x450"],
  /** After the last record that fitted. */
  seqStop: ["seq_read_iter+0x3b0/0x450"],
  /** There was none. */
  seqStopEmpty: ["seq_read_iter+0x1df/0x450"],
  deviceShow: ["dev_attr_show+0x18/0x40"],
  parameterGet: ["param_attr_show+0x55/0x90", "module_attr_show+0x1c/0x30"],
  parameterSet: ["param_attr_store+0x94/0xe0", "module_attr_store+0x1d/0x30"],
} as const satisfies Record<string, CallerChain>;
