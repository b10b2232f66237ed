/** The part of capstone that is used; the package brings no types. */
declare module "@alexaltea/capstone-js" {
  interface CapstoneInstruction {
    /** Negative in the upper half. */
    readonly address: number | bigint;
    readonly size: number;
    readonly mnemonic: string;
    readonly op_str: string;
  }
  interface Decoder {
    option(option: number, value: number): void;
    /** Up to the first byte that it cannot decode. Throws when that is the first one. */
    disasm(code: Uint8Array, address: number): readonly CapstoneInstruction[];
    close(): void;
  }
  interface Capstone {
    readonly Capstone: new (architecture: number, mode: number) => Decoder;
    readonly ARCH_X86: number;
    readonly MODE_64: number;
    readonly OPT_SYNTAX: number;
    readonly OPT_SYNTAX_ATT: number;
  }
  const load: () => Promise<Capstone>;
  export = load;
}
