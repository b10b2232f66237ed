/** Signal numbers of x86 (arch/x86/include/uapi/asm/signal.h) by name without "SIG". */
export const SIGNALS: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  TRAP: 5,
  ABRT: 6,
  BUS: 7,
  FPE: 8,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  STKFLT: 16,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  TTIN: 21,
  TTOU: 22,
  URG: 23,
  XCPU: 24,
  XFSZ: 25,
  VTALRM: 26,
  PROF: 27,
  WINCH: 28,
  POLL: 29,
  PWR: 30,
  SYS: 31,
};

/** Number of a signal given as "9", "KILL" or "SIGKILL"; undefined when there is none such. */
export const signalNumber = (text: string): number | undefined => {
  if (/^\d+$/.test(text)) return Number(text);
  const name = text.toUpperCase().replace(/^SIG/, "");
  if (name === "IO") return SIGNALS.POLL;
  return name === "EXIT" ? 0 : Object.hasOwn(SIGNALS, name) ? SIGNALS[name] : undefined;
};

/** "SIGSEGV" for 11. */
export const signalName = (signal: number): string => {
  const name = Object.keys(SIGNALS).find((each) => SIGNALS[each] === signal);
  return name === undefined ? `signal ${signal}` : `SIG${name}`;
};

const TEXTS: Readonly<Record<number, string>> = {
  1: "Hangup",
  3: "Quit",
  4: "Illegal instruction",
  5: "Trace/breakpoint trap",
  6: "Aborted",
  7: "Bus error",
  8: "Floating point exception",
  9: "Killed",
  10: "User defined signal 1",
  11: "Segmentation fault",
  12: "User defined signal 2",
  14: "Alarm clock",
  15: "Terminated",
  16: "Stack fault",
  24: "CPU time limit exceeded",
  26: "Virtual timer expired",
  27: "Profiling timer expired",
  29: "I/O possible",
  30: "Power failure",
  31: "Bad system call",
};

/** What a shell says when a foreground command died of it; undefined for those it is silent about. */
export const signalText = (signal: number): string | undefined => TEXTS[signal];
