/** include/linux/nls.h: character sets (fs/nls/nls_base.c). */
import type { Address } from "../../src/base/address.ts";
import { EBUSY, EINVAL, ENAMETOOLONG } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { staticText } from "../../src/kernel/data/text.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const NAME_MAX = 64;
const MOST_TABLES = 1000;
const field = (k: Kernel, nls: Address, name: string): Address => nls + k.offsetOf("nls_table", name);
const pointer = (k: Kernel, nls: Address, name: string): Address => k.memory.pointer(field(k, nls, name));

/** Bytes of the default set in the other case: of letters from `first` on, `by` away. */
const caseTable = (k: Kernel, first: number, by: number): Address => {
  const at = k.statics.allocate(256);
  const bytes = Uint8Array.from({ length: 256 }, (_each, byte) =>
    byte >= first && byte < first + 26 ? byte + by : byte,
  );
  k.memory.write(at, bytes);
  return at;
};
/** default_table: each byte is its own character. */
const defaultTable = (k: Kernel): Address => {
  const known = k.fileSystems.named.get("nls default");
  if (known !== undefined) return known;
  const nls = k.statics.allocate(k.sizeOf("nls_table"));
  const set = (name: string, value: Address): void => k.memory.setPointer(field(k, nls, name), value);
  set("charset", staticText(k, "default"));
  set("charset2lower", caseTable(k, 0x41, 0x20));
  set("charset2upper", caseTable(k, 0x61, -0x20));
  set(
    "uni2char",
    k.hostCode.address("uni2char", (uni = 0, out = 0, room = 0) => {
      if ((room | 0) <= 0) return -ENAMETOOLONG;
      const character = uni & 0xffff;
      if (character === 0 || character > 0xff) return -EINVAL;
      k.memory.write(out, Uint8Array.of(character));
      return 1;
    }),
  );
  set(
    "char2uni",
    k.hostCode.address("char2uni", (text = 0, _room = 0, uni = 0) => {
      const byte = k.memory.u8(text);
      k.memory.setU16(uni, byte);
      return byte === 0 ? -EINVAL : 1;
    }),
  );
  k.fileSystems.named.set("nls default", nls);
  return nls;
};
/** The newest; they hang together by `next`. */
const first = (k: Kernel): Address => k.fileSystems.named.get("nls tables") ?? defaultTable(k);
const tables = (k: Kernel): Address[] => {
  const found: Address[] = [];
  for (let nls = first(k); nls !== 0 && found.length < MOST_TABLES; nls = pointer(k, nls, "next"))
    found.push(nls);
  return found;
};

export const registerNls = stub(
  "int __register_nls(struct nls_table *nls, struct module *owner)",
  { fails: ["EBUSY"], acquires: { nls: "nls" } },
  (k, { nls, owner }) => {
    if (pointer(k, nls, "next") !== 0) throw new Errno(EBUSY);
    k.memory.setPointer(field(k, nls, "owner"), owner);
    if (tables(k).includes(nls)) throw new Errno(EBUSY);
    k.memory.setPointer(field(k, nls, "next"), first(k));
    k.fileSystems.named.set("nls tables", nls);
    return 0;
  },
);
export const unregisterNls = stub(
  "int unregister_nls(struct nls_table *nls)",
  { releases: { nls: "nls" } },
  (k, { nls }) => {
    const all = tables(k);
    const place = all.indexOf(nls);
    if (place < 0) throw new Errno(EINVAL);
    const next = pointer(k, nls, "next");
    const before = all[place - 1];
    if (before === undefined) k.fileSystems.named.set("nls tables", next);
    else k.memory.setPointer(field(k, before, "next"), next);
    return 0;
  },
);

/** Its module is held; 0 for none. */
const find = (k: Kernel, charset: string): Address => {
  const text = (at: Address): string | undefined => (at === 0 ? undefined : k.memory.cstring(at, NAME_MAX));
  const found = tables(k).find((nls) =>
    ["charset", "alias"].some((name) => text(pointer(k, nls, name)) === charset),
  );
  if (found === undefined) return 0;
  const owner = k.modules.list.byStruct(pointer(k, found, "owner"));
  return owner === undefined || k.modules.references.tryGet(owner) ? found : 0;
};
/** load_nls(): asks for the module of a set that is not there. */
const load = (k: Kernel, charset: string): Address => {
  const known = find(k, charset);
  if (known !== 0) return known;
  k.modules.requestModule(`nls_${charset}`);
  return find(k, charset);
};
export const loadNls = stub(
  "struct nls_table *load_nls(const char *charset)",
  { fails: ["NULL"], sleeps: true, acquires: { nls_reference: "return" } },
  (k, { charset }) => load(k, k.memory.cstring(charset, NAME_MAX)),
);
/** CONFIG_NLS_DEFAULT is utf8. */
export const loadNlsDefault = stub(
  "struct nls_table *load_nls_default(void)",
  { sleeps: true },
  (k) => load(k, "utf8") || defaultTable(k),
);
export const unloadNls = stub(
  "void unload_nls(struct nls_table *nls)",
  { releases: { nls_reference: "nls" } },
  (k, { nls }) => {
    const owner = nls === 0 ? undefined : k.modules.list.byStruct(pointer(k, nls, "owner"));
    if (owner !== undefined) k.modules.references.put(owner);
  },
);
