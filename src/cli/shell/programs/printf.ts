import type { ByteString } from "../../../base/bytes.ts";
import { usageFailure } from "../options.ts";
import { complain } from "../launch.ts";
import type { Program } from "../program.ts";
import { unescape } from "../escapes.ts";

interface Directive {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly conversion: string;
}

/** Pads to the width; zeros go between sign or prefix and digits. */
const pad = (text: string, { flags, width }: Directive, numeric: "number" | "text"): string => {
  const missing = Math.min(width, 65536) - text.length;
  if (missing <= 0) return text;
  if (flags.includes("-")) return text + " ".repeat(missing);
  if (!flags.includes("0") || numeric === "text") return " ".repeat(missing) + text;
  const sign = /^[-+ ]?(?:0[xX])?/.exec(text)?.[0] ?? "";
  return sign + "0".repeat(missing) + text.slice(sign.length);
};

const parseInteger = (text: string): bigint | undefined => {
  const trimmed = text.trim();
  if (/^['"]/.test(trimmed)) return BigInt(trimmed.charCodeAt(1) || 0);
  const match = /^([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)$/.exec(trimmed);
  if (match === null) return undefined;
  const digits = match[2] ?? "0";
  const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return match[1] === "-" ? -value : value;
};

const integer = (value: bigint, directive: Directive): string => {
  const { conversion, flags, precision } = directive;
  const signed = conversion === "d" || conversion === "i";
  const wide = signed ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value);
  const radix = conversion === "o" ? 8 : conversion === "x" || conversion === "X" ? 16 : 10;
  let digits = (wide < 0n ? -wide : wide).toString(radix).padStart(Math.min(precision ?? 1, 1024), "0");
  if (conversion === "X") digits = digits.toUpperCase();
  const positive = signed ? (flags.includes("+") ? "+" : flags.includes(" ") ? " " : "") : "";
  const prefix = flags.includes("#") && wide !== 0n ? { 8: "0", 10: "", 16: `0${conversion}` }[radix] : "";
  const zeros = precision === undefined ? directive : { ...directive, flags: flags.replaceAll("0", "") };
  return pad((wide < 0n ? "-" : positive) + prefix + digits, zeros, "number");
};

const floating = (text: string, directive: Directive): string => {
  const value = Number(text === "" ? "0" : text);
  const digits = Math.min(directive.precision ?? 6, 100);
  const shown = directive.conversion === "e" ? value.toExponential(digits) : value.toFixed(digits);
  return pad(shown, directive, "number");
};

const DIRECTIVE = /^%([-+ 0#]*)(\d*|\*)(?:\.(\d*|\*))?(?:hh|h|ll|l|j|z|t|L)?([%diouxXfFeEgGcsb])/;

/** Formats once through; takes arguments from the front of `values`. */
const createFormatter = (values: ByteString[], problems: string[]) => {
  const count = (text: string | undefined): number | undefined => {
    if (text === undefined) return undefined;
    return text === "*" ? Number(parseInteger(values.shift() ?? "0") ?? 0n) : Number(text);
  };
  const convert = (directive: Directive): { text: string; stopped: boolean } => {
    const { conversion, precision } = directive;
    if (conversion === "%") return { text: "%", stopped: false };
    const value = values.shift();
    if (conversion === "b") {
      const { text, stopped } = unescape(value ?? "");
      return { text: pad(text.slice(0, precision), directive, "text"), stopped };
    }
    if (conversion === "s")
      return { text: pad((value ?? "").slice(0, precision), directive, "text"), stopped: false };
    if (conversion === "c")
      return { text: pad((value ?? "").slice(0, 1), directive, "text"), stopped: false };
    if ("fFeEgG".includes(conversion)) return { text: floating(value ?? "0", directive), stopped: false };
    const number = value === undefined || value === "" ? 0n : parseInteger(value);
    if (number === undefined) problems.push(`invalid number '${value}'`);
    return { text: integer(number ?? 0n, directive), stopped: false };
  };
  return (format: string): { text: string; stopped: boolean } => {
    let text = "";
    for (let at = 0; at < format.length;) {
      const match = format[at] === "%" ? DIRECTIVE.exec(format.slice(at)) : null;
      if (match === null) {
        const end = format.indexOf("%", at + 1);
        const literal = unescape(format.slice(at, end < 0 ? undefined : end));
        text += literal.text;
        if (literal.stopped) return { text, stopped: true };
        at = end < 0 ? format.length : end;
        continue;
      }
      const [all, flags = "", width, precision, conversion = ""] = match;
      const converted = convert({ flags, width: count(width) ?? 0, precision: count(precision), conversion });
      text += converted.text;
      if (converted.stopped) return { text, stopped: true };
      at += all.length;
    }
    return { text, stopped: false };
  };
};

export const printf: Program = function* ({ argv, args, out, sys }) {
  const [format, ...values] = args[0] === "--" ? args.slice(1) : args;
  if (format === undefined) throw usageFailure(argv[0] ?? "", "FORMAT [ARG]...");
  const problems: string[] = [];
  const rest = [...values];
  const run = createFormatter(rest, problems);
  for (;;) {
    const before = rest.length;
    const { text, stopped } = run(format);
    yield* out.print(text);
    if (stopped || rest.length === 0 || rest.length === before) break;
  }
  for (const problem of problems) yield* complain(sys, `sh: ${problem}`);
  return problems.length === 0 ? 0 : 1;
};
