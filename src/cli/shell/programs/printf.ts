import type { ByteString } from "../../../base/bytes.ts";
import { usageFailure } from "../options.ts";
import { complain } from "../launch.ts";
import type { Program } from "../program.ts";
import { type Unescaped, unescape } from "../escapes.ts";

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

/** Where formatting stands: arguments are taken from the front. */
interface Formatting {
  readonly values: ByteString[];
  readonly problems: string[];
}

const count = ({ values }: Formatting, text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  return text === "*" ? Number(parseInteger(values.shift() ?? "0") ?? 0n) : Number(text);
};

const convert = ({ values, problems }: Formatting, directive: Directive): Unescaped => {
  const { conversion, precision } = directive;
  const plain = (text: string): Unescaped => ({ text, stopped: false });
  if (conversion === "%") return plain("%");
  const value = values.shift();
  if (conversion === "b") {
    const { text, stopped } = unescape(value ?? "");
    return { text: pad(text.slice(0, precision), directive, "text"), stopped };
  }
  if (conversion === "s") return plain(pad((value ?? "").slice(0, precision), directive, "text"));
  if (conversion === "c") return plain(pad((value ?? "").slice(0, 1), directive, "text"));
  if ("fFeEgG".includes(conversion)) return plain(floating(value ?? "0", directive));
  const number = value === undefined || value === "" ? 0n : parseInteger(value);
  if (number === undefined) problems.push(`invalid number '${value}'`);
  return plain(integer(number ?? 0n, directive));
};

/** Formats once through. */
const format = (formatting: Formatting, text: string): Unescaped => {
  let out = "";
  for (let at = 0; at < text.length;) {
    const match = text[at] === "%" ? DIRECTIVE.exec(text.slice(at)) : null;
    let part: Unescaped;
    if (match === null) {
      const next = text.indexOf("%", at + 1);
      const end = next < 0 ? text.length : next;
      part = unescape(text.slice(at, end));
      at = end;
    } else {
      const [all, flags = "", width, precision, conversion = ""] = match;
      const directive = {
        flags,
        width: count(formatting, width) ?? 0,
        precision: count(formatting, precision),
      };
      part = convert(formatting, { ...directive, conversion });
      at += all.length;
    }
    out += part.text;
    if (part.stopped) return { text: out, stopped: true };
  }
  return { text: out, stopped: false };
};

export const printf: Program = function* ({ argv, args, out, sys }) {
  const [template, ...values] = args[0] === "--" ? args.slice(1) : args;
  if (template === undefined) throw usageFailure(argv[0] ?? "", "FORMAT [ARG]...");
  const formatting: Formatting = { values, problems: [] };
  const { problems } = formatting;
  for (;;) {
    const before = values.length;
    const { text, stopped } = format(formatting, template);
    yield* out.print(text);
    if (stopped || values.length === 0 || values.length === before) break;
  }
  for (const problem of problems) yield* complain(sys, `sh: ${problem}`);
  return problems.length === 0 ? 0 : 1;
};
