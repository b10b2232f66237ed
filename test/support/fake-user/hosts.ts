import { type ByteString, bytesToByteString } from "../../../src/base/bytes.ts";
import type { SessionHost } from "../../../src/cli/shell/session.ts";
import type { ScenarioHost } from "../../../src/cli/truth/system.ts";
import { makeInode } from "./files.ts";
import { endProcess, type OpenFile, type Process, runUntil, startProcess, type World } from "./world.ts";

const file = (inode: OpenFile["inode"], flags: number): OpenFile => ({
  inode,
  pipe: undefined,
  end: "write",
  flags,
  position: 0,
  references: 1,
});

/** A session's process in the fake kernel. */
export const fakeSessionHost = (world: World): SessionHost => ({
  start(identity, program, output) {
    const process: Process = startProcess(world, undefined, identity, program);
    process.descriptors.set(0, file(makeInode(0o100600), 0));
    for (const fd of [1, 2] as const) {
      const driver = {
        write: (bytes: Uint8Array) => {
          output(fd, bytes);
          return bytes.length;
        },
      };
      process.descriptors.set(fd, file(makeInode(0o20600, { driver }), 1));
    }
    return {
      runUntil(done) {
        const fine = runUntil(world, () => done() || process.ended !== undefined);
        if (process.ended !== undefined) return { kind: "killed", message: "the shell is gone" };
        return fine ? undefined : { kind: "hang", message: "nothing can run" };
      },
      interrupt() {
        for (const child of world.processes.values()) {
          if (child.parent === process.pid) endProcess(world, child, { code: 0, signal: 2 });
        }
      },
    };
  },
});

/** Scenarios in the fake kernel; `log` stands for the kernel's. */
export const fakeScenarioHost = (world: World, log: ScenarioHost["log"]): ScenarioHost => ({
  log,
  requests: () => [],
  run(identity, program) {
    const process = startProcess(world, undefined, identity, program);
    if (!runUntil(world, () => process.ended !== undefined)) {
      return { code: 0, signal: 0, stop: { kind: "deadlock", message: "nothing can run" } };
    }
    return process.ended ?? { code: 0, signal: 0 };
  },
  sleep(nanoseconds) {
    world.time += nanoseconds;
    return { code: 0, signal: 0 };
  },
});

/** Collects bytes as text. */
export const collector = (): { add(bytes: Uint8Array): void; take(): ByteString } => {
  let text = "";
  return {
    add: (bytes) => {
      text += bytesToByteString(bytes);
    },
    take: () => {
      const taken = text;
      text = "";
      return taken;
    },
  };
};
