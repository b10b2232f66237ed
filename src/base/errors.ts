/** A mistake of the person or of the input: bad file, bad usage, missing engine. Never a guest's fault. */
export class KoboxError extends Error {
  override readonly name = "KoboxError";
  readonly code: string;
  /** What to do about it, one sentence. */
  readonly hint: string | undefined;

  constructor(code: string, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

/** A kernel error as the guest will see it; dispatch encodes it by the return type (-errno, NULL, ERR_PTR). */
export class Errno extends Error {
  override readonly name = "Errno";
  /** Positive, as in errno.h. */
  readonly errno: number;

  constructor(errno: number, message = `errno ${errno}`) {
    super(message);
    this.errno = errno;
  }
}

/** Host code cannot go on with what the guest has done: the run ends with this as its stop, and it is nobody's bug. */
export class RunEnd extends Error {
  override readonly name = "RunEnd";
  readonly kind: "out-of-memory" | "hang";

  constructor(kind: RunEnd["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** The guest's RAM is used up where the kernel cannot do without. */
export const outOfMemory = (what: string): RunEnd =>
  new RunEnd("out-of-memory", `the guest's memory is used up: ${what} cannot grow`);

/** A place in the kernel's own code as an oops shows it, "string+0x48/0xe0". */
export interface FaultPlace {
  readonly at: string;
  /** Kernel functions between it and the module, innermost first. */
  readonly via: readonly string[];
  /** The exact address, where it is not canonical and a number would round it. */
  readonly address?: bigint | undefined;
}

/** Host code touched guest memory that is not mapped (or not writable): an oops of the guest at this stub. */
export class GuestFault extends Error {
  override readonly name = "GuestFault";
  readonly address: number;
  readonly write: boolean;
  readonly present: boolean;
  /** Where the real function would have faulted, if whoever stands in for it knows. */
  place: FaultPlace | undefined = undefined;

  constructor(address: number, access: { write: boolean; present: boolean }) {
    super(`guest memory fault at ${address < 0 ? "-" : ""}0x${Math.abs(address).toString(16)}`);
    this.address = address;
    this.write = access.write;
    this.present = access.present;
  }
}
