/** Texts at the edges of the kernel's parameter types, by the name of the type ("int", "charp"). */
export interface ParameterTexts {
  /** That the type takes. */
  readonly taken: readonly string[];
  /** Just beyond, or of another kind. */
  readonly refused: readonly string[];
}

const RANGES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  byte: [0n, 255n],
  short: [-32768n, 32767n],
  ushort: [0n, 65535n],
  int: [-(2n ** 31n), 2n ** 31n - 1n],
  uint: [0n, 2n ** 32n - 1n],
  long: [-(2n ** 63n), 2n ** 63n - 1n],
  ulong: [0n, 2n ** 64n - 1n],
  ullong: [0n, 2n ** 64n - 1n],
  hexint: [0n, 2n ** 32n - 1n],
};

const numbers = (type: string, [least, most]: readonly [bigint, bigint]): ParameterTexts => {
  const text = (value: bigint): string => (type === "hexint" ? `0x${value.toString(16)}` : `${value}`);
  const taken = [...new Set([0n, -1n, 1n, least, most])].filter((value) => value >= least && value <= most);
  return { taken: taken.map(text), refused: [`${least - 1n}`, `${most + 1n}`] };
};

/** As long as a text may be, and one more. */
const [LONG, TOO_LONG] = ["A".repeat(1000), "A".repeat(1025)];

/** Undefined for a type of the module's own. */
export const textsOf = (type: string): ParameterTexts | undefined => {
  const range = RANGES[type];
  if (range !== undefined) return numbers(type, range);
  if (type === "bool" || type === "invbool") return { taken: ["0", "1"], refused: ["", "maybe"] };
  if (type === "charp" || type === "string") return { taken: ["", LONG, "%s%s%s%n"], refused: [TOO_LONG] };
  return undefined;
};

/** More elements than any array has. */
export const manyOf = (element: string): string => Array<string>(64).fill(element).join(",");
