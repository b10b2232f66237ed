import type { Address } from "../base/address.ts";
import type { ByteString } from "../base/bytes.ts";

/** What happens in the guest, for whoever listens (trace, ledger, reports). The kernel never listens itself. */
export type KernelEvent =
  | { readonly kind: "call"; readonly symbol: string; readonly args: Readonly<Record<string, unknown>> }
  | { readonly kind: "return"; readonly symbol: string; readonly value: unknown }
  | {
      readonly kind: "acquire" | "release";
      readonly resource: string;
      readonly key: Address | bigint;
      readonly symbol: string;
    }
  | { readonly kind: "finding"; readonly finding: Finding }
  /** The CPU could not access that address; what comes of it is not known yet. */
  | { readonly kind: "fault"; readonly address: Address }
  /** Accesses wait in the engine's `checks`. */
  | { readonly kind: "violations" }
  | { readonly kind: "module"; readonly name: string; readonly state: string }
  | ({ readonly kind: "probe" } & ProbeResult);

/** A driver's probe came back. */
export interface ProbeResult {
  /** Names as in sysfs. */
  readonly device: ByteString;
  readonly driver: ByteString;
  /** 0 when it took the device. */
  readonly returned: number;
}

/** A bug in the guest, as the report shows it. */
export interface Finding {
  /** Stable identifier, e.g. "null-dereference", "leak". */
  readonly kind: string;
  readonly severity: "error" | "warning" | "note";
  readonly message: string;
  /** symbol+offset/size [module], where known. */
  readonly where: string | undefined;
  readonly stack: readonly string[];
  /** Line of the source, where the module's file has debug information. */
  readonly source?: SourceLine;
  /** Other places that have to do with it: where the lock was taken, the memory freed. */
  readonly related?: readonly Related[];
}

export interface SourceLine {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export interface Related {
  readonly message: string;
  readonly stack: readonly string[];
}

export interface Events {
  /** True when someone listens: skip the work of building an event otherwise. */
  readonly active: boolean;
  emit(event: KernelEvent): void;
  /** Returns how to stop listening. */
  on(listener: (event: KernelEvent) => void): () => void;
}

export const createEvents = (): Events => {
  const listeners = new Set<(event: KernelEvent) => void>();
  return {
    get active() {
      return listeners.size > 0;
    },
    emit(event) {
      for (const listener of listeners) listener(event);
    },
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
