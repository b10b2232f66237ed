import { bytesToByteString } from "../../../src/base/bytes.ts";
import { Errno } from "../../../src/base/errors.ts";
import { EAGAIN, EBUSY, EEXIST, ENOENT } from "../../../src/base/errno.ts";
import { putFile, type World } from "./world.ts";

/** How the fake kernel treats a module: what it needs, and which errno it ends with. */
export interface FakeModule {
  readonly uses?: string;
  readonly noExit?: boolean;
  readonly size?: number;
  /** By parameters: the errno of loading it. */
  readonly fails?: (parameters: string) => number;
}

/**
 * Files /m/NAME.ko that hold their module's name, a loader for them, and /proc/modules. Returns
 * what was asked of it: "finit_module NAME PARAMETERS".
 */
export const installModules = (world: World, known: Readonly<Record<string, FakeModule>>): string[] => {
  const calls: string[] = [];
  const loaded: string[] = [];
  for (const file of Object.keys(known)) putFile(world, `/m/${file}.ko`, file);
  const usersOf = (name: string): string[] => loaded.filter((other) => known[other]?.uses === name);
  const line = (name: string): string => {
    const users = usersOf(name);
    const list = users.length === 0 ? "-" : `${users.join(",")},`;
    return `${name} ${known[name]?.size ?? 16384} ${users.length} ${list} Live 0xffffffffc0201000 (OE)\n`;
  };
  putFile(world, "/proc/modules", {
    read: (position) => Buffer.from(loaded.toReversed().map(line).join("").slice(position), "latin1"),
  });
  putFile(world, "/proc/sys/kernel/tainted", "12288\n");
  world.modules = {
    load(image, parameters, by) {
      const name = bytesToByteString(image);
      calls.push(`${by} ${name} ${parameters}`.trim());
      const module = known[name] ?? {};
      const errno = loaded.includes(name) ? EEXIST : (module.fails?.(parameters) ?? 0);
      if (errno !== 0) throw new Errno(errno);
      if (module.uses !== undefined && !loaded.includes(module.uses)) throw new Errno(ENOENT);
      loaded.push(name);
      return 0;
    },
    unload(name, flags) {
      calls.push(`delete_module ${name} ${flags.toString(8)}`);
      if (!loaded.includes(name)) throw new Errno(ENOENT);
      if (usersOf(name).length > 0) throw new Errno(EAGAIN);
      if (known[name]?.noExit === true) throw new Errno(EBUSY);
      loaded.splice(loaded.indexOf(name), 1);
    },
  };
  return calls;
};
