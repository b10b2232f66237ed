import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import type { Module, ModuleSection } from "../../kernel/modules/module.ts";

/** What to call an address in code: a symbol, a string's text, a place in a section. */
export type Namer = (address: Address) => ByteString | undefined;

const SHOWN = 60;
/** Further from its symbol a number is more likely to be just that. */
const FAR = 4096;

const STRINGS = /^\.rodata\b.*\.str|^\.rodata\.str|\.str1?\./;
/** What a kernel message may begin with: its level comes after it. */
const KERN_SOH = "\x01";
const printable = (text: ByteString): boolean => text !== "" && !/[^\t\n -~\x80-\xff]/.test(text);

const quoted = (text: ByteString): ByteString | undefined => {
  const hasLevel = text.startsWith(KERN_SOH);
  const rest = hasLevel ? text.slice(2) : text;
  if (!printable(rest)) return undefined;
  const shown = rest.length > SHOWN ? `${rest.slice(0, SHOWN)}...` : rest;
  const body = shown.replaceAll("\n", "\\n").replaceAll("\t", "\\t");
  return `${hasLevel ? `<${text[1] ?? ""}>` : ""}"${body}"`;
};

const inSection = (
  k: Kernel,
  { name, address, size }: ModuleSection,
  at: Address,
): ByteString | undefined => {
  if (STRINGS.test(name)) {
    const length = Math.min(address + size - at, 512);
    const text = quoted(k.memory.cstring(at, length));
    if (text !== undefined) return text;
  }
  const offset = at - address;
  return offset === 0 ? name : `${name}+0x${offset.toString(16)}`;
};

const symbolText = (name: ByteString, offset: number): ByteString | undefined => {
  if (offset === 0) return name;
  return offset > 0 && offset < FAR ? `${name}+0x${offset.toString(16)}` : undefined;
};

/** Names as they are while the module is all there. */
export const createNamer =
  (k: Kernel, module: Module): Namer =>
  (address) => {
    const section = module.sectionList.find(
      ({ address: start, size }) => address >= start && address < start + size,
    );
    if (section !== undefined && STRINGS.test(section.name)) return inSection(k, section, address);
    const known = k.symbols.lookup(address);
    const name = known === undefined ? undefined : symbolText(known.name, known.offset);
    if (section === undefined) return name;
    return name ?? inSection(k, section, address);
  };
