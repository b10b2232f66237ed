import { editElf } from "./elf-edit.ts";
import type { ElfEditor } from "./elf-edit.ts";

/** A module made from l_image.ko by one change, that the real kernel has been shown. */
export interface DamagedModule {
  readonly name: string;
  readonly change: (elf: ElfEditor) => Uint8Array | undefined;
}

const MARKER = Buffer.from("~Module signature appended~\n", "latin1");

const withTrailer = (elf: ElfEditor, signature: Buffer, trailer: readonly number[]): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(signature.length);
  return Buffer.concat([elf.bytes, signature, Buffer.from(trailer), length, MARKER]);
};

const damage = (name: string, change: (elf: ElfEditor) => unknown): DamagedModule => ({
  name,
  change: (elf) => {
    const result = change(elf);
    return Buffer.isBuffer(result) ? result : undefined;
  },
});

const RENAMED = "l_imagf";
const rename = (elf: ElfEditor): void => {
  elf.bytes.write(RENAMED, elf.section(".gnu.linkonce.this_module").offset + 24, "latin1");
  elf.replaceString(".modinfo", "name=l_image", `name=${RENAMED}`);
};

/** Section 0 and the name table. */
const structure: readonly DamagedModule[] = [
  damage("section-zero", (elf) => elf.set(0, "type", 1)),
  damage("section-zero-size", (elf) => elf.set(0, "size", 16)),
  damage("names-empty", (elf) => elf.set(".shstrtab", "size", 0)),
  damage("names-outside", (elf) => elf.set(".shstrtab", "offset", 1 << 30)),
  damage("names-open", (elf) => elf.set(".shstrtab", "size", elf.section(".shstrtab").size - 1)),
  damage("symtab-link", (elf) => elf.set(".symtab", "link", 200)),
  damage("symtab-link-zero", (elf) => elf.set(".symtab", "link", 0)),
  damage("section-name", (elf) => elf.set(".text", "name", 1 << 20)),
  damage("section-size", (elf) => elf.set(".text", "size", 2 ** 52)),
  damage("write-exec", (elf) => elf.set(".text", "flags", 7)),
  damage("bss-huge", (elf) => elf.set(".bss", "size", 2 ** 30)),
  damage("both-names", (elf) => elf.replaceString(".modinfo", "name=l_image", "nome=l_image")),
];

const relocations: readonly DamagedModule[] = [
  damage("rela-unknown", (elf) => elf.view.setUint32(elf.rela(".text", 2) + 8, 42, true)),
  damage("rela-nonzero", (elf) => elf.view.setUint32(elf.rela("__param", 0), 8, true)),
  damage("rela-nonzero-pc32", (elf) => {
    const at = elf.rela(".text", 2);
    elf.view.setUint32(elf.section(".text").offset + elf.view.getUint32(at, true), 0x1234, true);
  }),
  damage("rela-overflow-32s", (elf) => {
    const at = elf.rela("__param", 0);
    elf.view.setUint32(at + 8, 11, true);
    elf.view.setBigInt64(at + 16, 0x100000000n, true);
  }),
  damage("rela-overflow-32", (elf) => elf.view.setUint32(elf.rela("__param", 0) + 8, 10, true)),
  damage("rela-type-rel", (elf) => elf.set(".rela.text", "type", 9)),
];

const symbols: readonly DamagedModule[] = [
  damage("symbol-section", (elf) => elf.view.setUint16(elf.symbol("l_image_gpl").at + 6, 300, true)),
  damage("symbol-common", (elf) => elf.view.setUint16(elf.symbol("l_image_gpl").at + 6, 0xfff2, true)),
  damage("symbol-unknown", (elf) => elf.replaceString(".strtab", "strcmp", "strcmq")),
  damage("symbol-weak", (elf) => {
    elf.replaceString(".strtab", "strcmp", "strcmq");
    elf.bytes[elf.symbol("strcmq").at + 4] = 0x20;
  }),
  damage("symbol-two-errors", (elf) => {
    elf.replaceString(".strtab", "strcmp", "strcmq");
    elf.view.setUint16(elf.symbol("l_image_gpl").at + 6, 300, true);
  }),
  damage("version-missing", (elf) => elf.replaceString("__versions", "strcmp", "strcmq")),
  damage("versions-absent", (elf) => elf.replaceString(".shstrtab", "__versions", "__versiong")),
  damage("crcs-absent", (elf) => elf.replaceString(".shstrtab", "__kcrctab", "__kcrctac")),
];

const modinfo: readonly DamagedModule[] = [
  damage("license", (elf) => elf.replaceString(".modinfo", "license=GPL", "license=XYZ")),
  damage("license-absent", (elf) => elf.replaceString(".modinfo", "license=GPL", "lizense=GPL")),
  damage("retpoline-absent", (elf) => elf.replaceString(".modinfo", "retpoline=Y", "retpoline")),
  damage("staging", (elf) => elf.replaceString(".modinfo", "description=Dumps its own image", "staging=Y")),
  damage("test", (elf) => elf.replaceString(".modinfo", "description=Dumps its own image", "test=Y")),
  damage("intree", (elf) => elf.replaceString(".modinfo", "description=Dumps its own image", "intree=Y")),
  damage("livepatch", (elf) =>
    elf.replaceString(".modinfo", "description=Dumps its own image", "livepatch=Y"),
  ),
  damage("vermagic-absent", (elf) =>
    elf.replaceString(
      ".modinfo",
      "vermagic=6.1.0-56-amd64 SMP preempt mod_unload modversions ",
      "vermadic=6.1.0-56-amd64 SMP preempt mod_unload modversions ",
    ),
  ),
  damage("staging-license-test", (elf) => {
    elf.replaceString(".modinfo", "description=Dumps its own image", "staging=Y");
    elf.replaceString(".modinfo", "license=GPL", "license=XY");
    elf.replaceString(".modinfo", "retpoline=Y", "test=Y");
  }),
  damage("ndiswrapper", (elf) => {
    const at = elf.section(".gnu.linkonce.this_module").offset + 24;
    elf.bytes.write("ndiswrapper\0", at, "latin1");
  }),
  damage("lve", (elf) => {
    elf.bytes.write("lve\0\0\0\0", elf.section(".gnu.linkonce.this_module").offset + 24, "latin1");
  }),
];

const signatures: readonly DamagedModule[] = [
  damage("signature-length", (elf) => {
    const trailer = Buffer.from([0, 0, 2, 0, 0, 0, 0, 0, 0xff, 0, 0, 0]);
    return Buffer.concat([elf.bytes, trailer, MARKER]);
  }),
  damage("signature-params", (elf) => withTrailer(elf, Buffer.alloc(16), [1, 0, 2, 0, 0, 0, 0, 0])),
  damage("signature-garbage", (elf) => withTrailer(elf, Buffer.alloc(64, 7), [0, 0, 2, 0, 0, 0, 0, 0])),
  damage("signature-empty", (elf) => withTrailer(elf, Buffer.alloc(0), [0, 0, 2, 0, 0, 0, 0, 0])),
];

/** Loaded while l_image.ko is. */
export const duplicate: DamagedModule = damage("duplicate", rename);

export const damagedModules: readonly DamagedModule[] = [
  ...structure,
  ...relocations,
  ...symbols,
  ...modinfo,
  ...signatures,
];

export const damagedFile = (base: Uint8Array, { change }: DamagedModule): Uint8Array => {
  const elf = editElf(base);
  return change(elf) ?? elf.bytes;
};
