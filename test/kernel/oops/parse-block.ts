/** Values read back out of a recorded oops, to be printed again. */
export interface ParsedDump {
  /** "go+0x6e/0x84b [t_crash]" */
  readonly place: string;
  /** The 64 bytes, or undefined where they could not be read. */
  readonly code: Uint8Array | undefined;
  readonly values: Readonly<Record<string, bigint>>;
  readonly trace: readonly { readonly text: string; readonly reliable: boolean }[];
  readonly origAx: number | undefined;
  readonly pid: number;
  readonly comm: string;
  readonly tainted: string;
}

const REGISTER = /\b(RSP|EFLAGS|R[A-Z0-9]{2}|FS|GS|knlGS|CR\d|PKRU): *(?:00\d\d:)?([0-9a-f]{8,16})/g;

const registersOf = (lines: readonly string[]): Record<string, bigint> => {
  const values: Record<string, bigint> = {};
  for (const line of lines) {
    for (const [, name, digits] of line.matchAll(REGISTER)) values[name ?? ""] = BigInt(`0x${digits}`);
  }
  return values;
};

const codeOf = (line: string): Uint8Array | undefined => {
  if (line.includes("Unable")) return undefined;
  return Uint8Array.from(
    line
      .replace(/^Code: /, "")
      .replace(/[<>]/g, "")
      .split(" "),
    (digits) => Number.parseInt(digits, 16),
  );
};

/** `lines` without levels, from the "CPU:" line on. */
export const parseDump = (lines: readonly string[]): ParsedDump => {
  const info = /^CPU: 0 PID: (\d+) Comm: (.*?) ((?:Tainted: .{19})|Not tainted) /.exec(
    lines.find((line) => line.startsWith("CPU: ")) ?? "",
  );
  const rip = lines.findIndex((line) => line.startsWith("RIP: 0010:"));
  const call = lines.indexOf("Call Trace:");
  const user = lines.findIndex((line) => line.startsWith("RIP: 0033:"));
  const end = lines.indexOf(" </TASK>");
  const dump = rip >= 0 && rip < call ? lines.slice(rip, call) : [];
  const trace = lines.slice(call + 2, user > call && user < end ? user : end).map((line) => ({
    text: line.replace(/^ (\? )?/, ""),
    reliable: !line.startsWith(" ? "),
  }));
  return {
    place: dump[0]?.slice("RIP: 0010:".length) ?? "",
    code: dump[1] === undefined ? undefined : codeOf(dump[1]),
    values: registersOf(dump.slice(2)),
    trace,
    origAx:
      user < 0 ? undefined : Number.parseInt(/ORIG_RAX: ([0-9a-f]+)/.exec(lines.join("\n"))?.[1] ?? "0", 16),
    pid: Number(info?.[1]),
    comm: info?.[2] ?? "",
    tainted: info?.[3] ?? "",
  };
};

/** Lines of kernel functions above the first module function that is certain: what a stub's report adds. */
export const splitVia = (
  dump: ParsedDump,
): { readonly via: readonly string[]; readonly dump: ParsedDump } => {
  const first = dump.trace.findIndex(({ text, reliable }) => reliable && text.endsWith("]"));
  const at = Math.max(first, 0);
  const via = dump.trace.slice(0, at).map(({ text, reliable }) => (reliable ? text : `? ${text}`));
  return { via, dump: { ...dump, trace: dump.trace.slice(at) } };
};
