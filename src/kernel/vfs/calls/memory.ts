/** A process's own memory: mmap and munmap, and what its loads and stores would do (mm/mmap.c, arch/x86/mm/fault.c). */
import { PAGE_SIZE } from "../../../base/address.ts";
import { EINVAL } from "../../../base/errno.ts";
import { Errno, GuestFault } from "../../../base/errors.ts";
import { SYSCALL } from "../../oops/user-registers.ts";
import type { Routine } from "../../routine.ts";
import type { UserSystem } from "../../user.ts";
import type { CallContext } from "./context.ts";
import { ProcessKilled } from "./signals.ts";

const SYS_MUNMAP = 11;
const SIGBUS = 7;
const SIGSEGV = 11;

type Memory = Pick<UserSystem, "mmap" | "munmap" | "load" | "store">;

export const memoryCalls = ({ k, process, call, fileOf }: CallContext): Memory => {
  const { pid } = process.task;
  /** Does it again once the page is there. */
  function* touching<T>(act: () => T): Routine<T> {
    for (;;) {
      try {
        return act();
      } catch (error) {
        if (!(error instanceof GuestFault)) throw error;
        const mapped = k.mappings.find(pid, error.address) !== undefined;
        const access = error.write ? "write" : "read";
        if (!(yield* k.userFaults.resolve(pid, error.address, access)))
          throw new ProcessKilled(mapped && !error.present ? SIGBUS : SIGSEGV);
      }
    }
  }
  return {
    *mmap({ fd, length, prot, flags, offset = 0 }) {
      if (offset % PAGE_SIZE !== 0) throw new Errno(EINVAL);
      const file = fd === undefined ? undefined : fileOf(fd);
      if (file !== undefined) k.vfs.objects.ensure(file);
      const wanted = { pid, file, length, prot, flags, offset: offset / PAGE_SIZE };
      return yield* call(SYSCALL.MMAP, () => k.mappings.map(wanted));
    },
    munmap: (address, length) => call(SYS_MUNMAP, () => k.mappings.unmap(pid, address, length)),
    load: (address, length) => touching(() => k.userMemory.bytes(address, length).slice()),
    store: (address, bytes) => touching(() => k.userMemory.write(address, bytes)),
  };
};
