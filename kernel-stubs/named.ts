/** Registries of the kernel's own whose entries are known by their names. */
import type { Address } from "../src/base/address.ts";
import type { ByteString } from "../src/base/bytes.ts";
import { errnoNumber } from "../src/base/errno.ts";
import { Errno } from "../src/base/errors.ts";
import type { Kernel } from "../src/kernel/kernel.ts";
import { type ErrnoName, type Stub, stub } from "../src/stub/declare.ts";

export interface NamedRegistry {
  /** What is registered, for the ledger. */
  readonly kind: string;
  readonly struct: string;
  readonly add: string;
  readonly remove: string;
  /** The argument, in both prototypes. */
  readonly by: string;
  /** How a second one of the name fails, and with which message (KERN_ERR). */
  readonly twice: ErrnoName;
  readonly complaint?: (name: ByteString) => string;
  /** How taking off what is not there fails. */
  readonly absent?: ErrnoName;
  /** Fields that must not be NULL: EINVAL. */
  readonly needs?: readonly string[];
  /** What is said when one comes and goes. */
  readonly says?: {
    readonly level: number;
    readonly added: (name: ByteString) => string;
    readonly removed: (name: ByteString) => string;
  };
  /** Where the name is a pointer; otherwise it is in the structure. */
  readonly name: "pointer" | "array";
  readonly missing: string;
}

type One = "int f(void *what)";

export const namedRegistry = (registry: NamedRegistry): Stub[] => {
  const { kind, struct, add, remove, by, says } = registry;
  const nameOf = (k: Kernel, at: Address): ByteString => {
    const field = at + k.offsetOf(struct, "name");
    return k.memory.cstring(registry.name === "pointer" ? k.memory.pointer(field) : field, 256);
  };
  const key = (name: ByteString): string => `${kind} ${name}`;
  const argument = (args: unknown): Address => (args as Record<string, Address>)[by] ?? 0;
  const level = { partial: registry.missing };
  const fails = registry.absent === undefined ? [] : [registry.absent];
  return [
    stub(
      add as One,
      { fails: [registry.twice], sleeps: true, acquires: { [kind]: by } as never, level },
      (k, args) => {
        const at = argument(args);
        for (const field of registry.needs ?? [])
          if (k.memory.pointer(at + k.offsetOf(struct, field)) === 0)
            throw new Errno(errnoNumber("EINVAL") ?? 0);
        const name = nameOf(k, at);
        if (k.driverCore.registered.has(key(name))) {
          if (registry.complaint !== undefined) k.printk(3, registry.complaint(name));
          throw new Errno(errnoNumber(registry.twice) ?? 0);
        }
        k.driverCore.registered.add(key(name));
        if (says !== undefined) k.printk(says.level, says.added(name));
        return 0;
      },
    ),
    stub(remove as One, { fails, sleeps: true, releases: { [kind]: by } as never, level }, (k, args) => {
      const name = nameOf(k, argument(args));
      const isThere = k.driverCore.registered.delete(key(name));
      if (!isThere && registry.absent !== undefined) throw new Errno(errnoNumber(registry.absent) ?? 0);
      if (says !== undefined) k.printk(says.level, says.removed(name));
      return (remove.startsWith("void ") ? undefined : 0) as unknown as number;
    }),
  ];
};
