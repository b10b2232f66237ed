/** Kinds of keys (security/keys/key.c) and of what asymmetric keys come in (crypto/asymmetric_keys/asymmetric_type.c). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { EEXIST } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";

export type OwnType = "keyring" | "user" | "logon" | "asymmetric";

/** The kernel's own that modules can use, by their variables. */
const OWN: Readonly<Record<OwnType, string>> = {
  keyring: "key_type_keyring",
  user: "key_type_user",
  logon: "key_type_logon",
  asymmetric: "key_type_asymmetric",
};
/** Names that are taken from the start. */
const TAKEN: readonly ByteString[] = [...Object.keys(OWN), ".request_key_auth", "big_key", "blacklist"];
const MAX_NAME = 64;

export interface KeyTypes {
  /** Errno EEXIST. */
  register(type: Address): void;
  unregister(type: Address): void;
  /** key_type_lookup(): the struct key_type of that name; 0 for none. */
  find(name: ByteString): Address;
  /** Which of the kernel's own it is. */
  own(type: Address): OwnType | undefined;
  /** Errno EEXIST. */
  addParser(parser: Address): void;
  removeParser(parser: Address): void;
  parsers(): readonly Address[];
}

export const createKeyTypes = (k: Kernel): KeyTypes => {
  const types: JournalMap<ByteString, Address> = k.journal.map();
  const parsers: JournalMap<Address, ByteString> = k.journal.map();
  const nameOf = (type: Address): ByteString => k.memory.cstring(k.struct("key_type", type).name, MAX_NAME);
  const ownAt = (name: OwnType): Address => k.symbols.address(OWN[name]) ?? 0;
  return {
    register(type) {
      const name = nameOf(type);
      if (TAKEN.includes(name) || types.has(name)) throw new Errno(EEXIST);
      types.set(name, type);
      k.printk(5, `Key type ${name} registered`);
    },
    unregister(type) {
      const name = nameOf(type);
      if (types.get(name) === type) types.delete(name);
      k.printk(5, `Key type ${name} unregistered`);
    },
    find: (name) => (name in OWN ? ownAt(name as OwnType) : (types.get(name) ?? 0)),
    own: (type) => (Object.keys(OWN) as OwnType[]).find((name) => ownAt(name) === type),
    addParser(parser) {
      const name = k.memory.cstring(k.struct("asymmetric_key_parser", parser).name, MAX_NAME);
      if (name === "x509" || [...parsers.values()].includes(name)) {
        k.printk(3, `Asymmetric key parser '${name}' already registered`);
        throw new Errno(EEXIST);
      }
      parsers.set(parser, name);
      k.printk(5, `Asymmetric key parser '${name}' registered`);
    },
    removeParser(parser) {
      const name = k.memory.cstring(k.struct("asymmetric_key_parser", parser).name, MAX_NAME);
      parsers.delete(parser);
      k.printk(5, `Asymmetric key parser '${name}' unregistered`);
    },
    parsers: () => [...parsers.keys()],
  };
};
