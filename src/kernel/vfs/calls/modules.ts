/** System calls that load and unload (kernel/module/main.c), and the kernel log (kernel/printk/printk.c). */
import { isErr } from "../../../base/err.ts";
import { EINVAL } from "../../../base/errno.ts";
import { Errno } from "../../../base/errors.ts";
import { checkImageSize, loadModule, mayInitModule } from "../../modules/load.ts";
import { deleteModule } from "../../modules/unload.ts";
import { SYSCALL } from "../../oops/user-registers.ts";
import type { Routine } from "../../routine.ts";
import type { UserSystem } from "../../user.ts";
import type { OpenFile } from "../operations.ts";
import type { CallContext } from "./context.ts";

const MAX_FILE = 64 * 1024 * 1024;
const READ_CHUNK = 1 << 20;

/** A system call's result as libc hands it on: only -1 to -4095 is an errno. */
const returned = (result: number): number => {
  if (isErr(result)) throw new Errno(-result);
  return result;
};

function* readWhole({ k }: CallContext, file: OpenFile): Routine<Uint8Array> {
  if (file.node.kind === "file") return file.node.data;
  const parts: Uint8Array[] = [];
  for (let size = 0; size < MAX_FILE;) {
    const part = yield* k.vfs.read(file, READ_CHUNK);
    if (part.length === 0) break;
    size += part.length;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

export const moduleCalls = (
  context: CallContext,
): Pick<UserSystem, "initModule" | "finitModule" | "deleteModule" | "log" | "clearLog"> => {
  const { k, call, fileOf } = context;
  return {
    *initModule(image, parameters) {
      mayInitModule(k.modules);
      checkImageSize(image);
      const load = (): Routine<number> => loadModule(k.modules, image, parameters, 0);
      return returned(yield* call(SYSCALL.INIT_MODULE, load));
    },
    *finitModule(fd, parameters, flags) {
      mayInitModule(k.modules);
      const bytes = yield* readWhole(context, fileOf(fd));
      if (bytes.length === 0) throw new Errno(EINVAL);
      const load = (): Routine<number> => loadModule(k.modules, bytes, parameters, flags);
      return returned(yield* call(SYSCALL.FINIT_MODULE, load));
    },
    deleteModule: (name, flags) => call(SYSCALL.DELETE_MODULE, () => deleteModule(k.modules, name, flags)),
    log: () =>
      k.log
        .since(k.log.cleared)
        .map(({ level, facility, timestamp, text }) => ({ level, facility, time: timestamp, text })),
    clearLog: () => k.log.clear(),
  };
};
