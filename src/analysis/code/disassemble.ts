import { type Address, toAddress } from "../../base/address.ts";

export interface Instruction {
  readonly address: Address;
  readonly size: number;
  readonly mnemonic: string;
  /** In AT&T syntax, as objdump and the kernel's sources have it. */
  readonly operands: string;
}

export interface Disassembler {
  /** Bytes that are no instruction become `.byte`. */
  disassemble(code: Uint8Array, address: Address): Instruction[];
  close(): void;
}

const byteAt = (code: Uint8Array, at: number, address: Address): Instruction => ({
  address: address + at,
  size: 1,
  mnemonic: ".byte",
  operands: `0x${(code[at] ?? 0).toString(16).padStart(2, "0")}`,
});

/** Loads capstone, which takes a while and a few megabytes: only when somebody is going to read code. */
export const openDisassembler = async (): Promise<Disassembler> => {
  const { default: load } = await import("@alexaltea/capstone-js");
  const capstone = await load();
  const decoder = new capstone.Capstone(capstone.ARCH_X86, capstone.MODE_64);
  decoder.option(capstone.OPT_SYNTAX, capstone.OPT_SYNTAX_ATT);
  const decode = (code: Uint8Array, address: Address): readonly Instruction[] => {
    try {
      return decoder.disasm(code, address).map((each) => ({
        address: toAddress(BigInt(each.address)),
        size: each.size,
        mnemonic: each.mnemonic,
        operands: each.op_str,
      }));
    } catch {
      // It throws text for a first byte that is no instruction.
      return [];
    }
  };
  return {
    disassemble(code, address) {
      const all: Instruction[] = [];
      for (let at = 0; at < code.length;) {
        const some = decode(code.subarray(at), address + at);
        const found = some.length > 0 ? some : [byteAt(code, at, address)];
        for (const each of found) all.push(each);
        at += found.reduce((sum, { size }) => sum + size, 0);
      }
      return all;
    },
    close: () => decoder.close(),
  };
};
