import { KoboxError } from "../base/errors.ts";
import type { Sandbox } from "../sandbox.ts";

/** A moment to come back to, as often as wanted. */
export interface Snapshot {
  /** Memory, kernel objects, open files, processes, time: all as it was. Stubs of the test stay. */
  restore(): void;
}

/** KoboxError "busy" while a system call is open: half a call cannot be kept. */
export const takeLibrarySnapshot = (sandbox: Sandbox): Snapshot => {
  const busy = [...sandbox.kernel.tasks.all()].find(
    ({ frames, state }) => state !== "dead" && frames.some(({ kind }) => kind !== "guest"),
  );
  if (busy !== undefined) {
    throw new KoboxError("busy", `no snapshot: ${busy.comm} (${busy.pid}) is in the middle of a call`, {
      hint: "Take it when no system call is pending.",
    });
  }
  return sandbox.snapshot();
};
