import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { LoadFailure } from "../../src/loader/failure.ts";
import { moduleFiles } from "../../src/cli/truth/modules.ts";
import { readRecordings } from "../../src/cli/truth/recording.ts";
import type { RecordedStep } from "../../src/cli/truth/recording.ts";
import { debianProfile, loadForTest, recordingHost } from "../support/load-host.ts";
import type { RecordingHost } from "../support/load-host.ts";

const path = (name: string): string => fileURLToPath(new URL(`../truth/${name}`, import.meta.url));
const recordings = readRecordings(path("dev.jsonl"));
const files = moduleFiles([path("mods")], debianProfile().release);

/** Jobs whose modules fail in the loader, or show its messages before they run. */
const JOBS = [
  "hello",
  "meta",
  "param-defaults",
  "dep-missing",
  "unresolved",
  "namespace-ok",
  "namespace-bad",
  "signed",
  "unsigned-intree",
  "bad-elf",
  "bad-vermagic",
  "bad-nomodinfo",
  "bad-crc",
];

/** Errno the loader gives, what it logs going to `host`; EEXIST and the reader's EINVAL are others' work. */
const load = (bytes: Uint8Array, host: RecordingHost): number => {
  try {
    loadForTest(bytes, { host });
    return 0;
  } catch (error) {
    if (error instanceof LoadFailure) return error.errno;
    throw error;
  }
};

const isLoad = (step: RecordedStep): boolean => step.op === "load" && (step.arg ?? "") !== "/m/bad_empty.ko";

describe.each(JOBS)("%s", (job) => {
  test("errno and messages of each load are the kernel's", () => {
    const host = recordingHost();
    for (const step of (recordings.get(job)?.steps ?? []).filter(isLoad)) {
      const name = (step.arg ?? "").replace("/m/", "").split(" ")[0] ?? "";
      const bytes = files.read(name);
      // Made from a module of the distribution, which is not here.
      if (bytes === undefined) continue;
      host.lines.length = 0;
      expect([name, load(bytes, host)]).toEqual([name, step.errno]);
      // What follows in the recording is the module's own.
      const recorded = step.errno === 0 ? step.dmesg.slice(0, host.lines.length) : step.dmesg;
      expect([name, ...host.lines]).toEqual([name, ...recorded]);
    }
  });
});
