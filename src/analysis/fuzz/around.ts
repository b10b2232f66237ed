/** What stands around a module that is fuzzed, as plain data: a session keeps it, a worker is sent it. */
import { createHash } from "node:crypto";
import type { Sandbox, SandboxOptions } from "../../sandbox.ts";

/** A device's description as its file has it, and where it is from. */
export interface DescribedDevice {
  readonly from: string;
  readonly description: unknown;
}

export interface Around {
  readonly devices: readonly DescribedDevice[];
  /** Contents of firmware files by name. */
  readonly firmware: Readonly<Record<string, Uint8Array>>;
}

/** A sandbox with all that in it, before any module comes. Errors: KoboxError. */
export type BootAround = (options: SandboxOptions, around: Around) => Sandbox;

/** What of it a session's files hold: devices whole, of firmware what tells it from another. */
export interface AroundIdentity {
  readonly devices: readonly unknown[];
  /** SHA-256 of the files by name. */
  readonly firmware: Readonly<Record<string, string>>;
}

export const aroundIdentity = ({ devices, firmware }: Around): AroundIdentity => ({
  devices: devices.map(({ description }) => description),
  firmware: Object.fromEntries(
    Object.entries(firmware)
      .map(([name, bytes]) => [name, createHash("sha256").update(bytes).digest("hex")] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ),
});
