import type { Address } from "../base/address.ts";
import { SHF_ALLOC } from "./elf.ts";
import { type ModuleImage, loadedSection } from "./image.ts";
import { instructionAt } from "./instruction-length.ts";
import type { LoadInfo } from "./load-info.ts";

/** An `in` or `out` instruction that was replaced by a `hlt`. */
export interface PortSite {
  /** Of the opcode byte: prefixes before it stay. */
  readonly address: Address;
  readonly opcode: number;
  /** Behind a 0x66 prefix: two bytes instead of four. */
  readonly operand16: boolean;
  /** Behind a rep prefix (ins, outs). */
  readonly repeat: boolean;
  /** The port where the instruction itself names it. */
  readonly port: number | undefined;
}

const SHF_EXECINSTR = 4;
const HLT = 0xf4;
const NOP = 0x90;

/** ins, outs; in, out with the port in the instruction; in, out with it in DX. */
const isString = (opcode: number): boolean => opcode >= 0x6c && opcode <= 0x6f;
const isImmediate = (opcode: number): boolean => opcode >= 0xe4 && opcode <= 0xe7;
const isPort = (opcode: number): boolean =>
  isString(opcode) || isImmediate(opcode) || (opcode >= 0xec && opcode <= 0xef);

const patchSection = (code: Uint8Array, base: Address, found: PortSite[]): void => {
  for (let at = 0; at < code.length;) {
    const shape = instructionAt(code, at);
    if (shape === undefined) {
      at += 1;
      continue;
    }
    const opcode = code[shape.opcodeAt] ?? 0;
    if (isPort(opcode)) {
      const prefixes = code.subarray(at, shape.opcodeAt);
      found.push({
        address: base + shape.opcodeAt,
        opcode,
        operand16: prefixes.includes(0x66),
        repeat: prefixes.includes(0xf3) || prefixes.includes(0xf2),
        port: isImmediate(opcode) ? code[shape.opcodeAt + 1] : undefined,
      });
      code[shape.opcodeAt] = HLT;
      if (isImmediate(opcode)) code[shape.opcodeAt + 1] = NOP;
    }
    at += shape.length;
  }
};

/**
 * Port instructions stop the CPU from here on, for whoever plays the devices: the engine executes
 * them without telling. Compiled code is read from end to end; what hides in data stays as it is.
 */
export const patchPortSites = (info: LoadInfo, image: ModuleImage): PortSite[] => {
  const found: PortSite[] = [];
  for (const { index, flags, size, name } of info.elf.sections) {
    const wanted = SHF_ALLOC | SHF_EXECINSTR;
    if ((flags & wanted) !== wanted || size === 0 || name === ".altinstr_replacement") continue;
    patchSection(loadedSection(info, image, index), image.sectionAddresses[index] ?? 0, found);
  }
  return found;
};
