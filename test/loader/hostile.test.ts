import { expect, test } from "vitest";
import { LoadFailure } from "../../src/loader/failure.ts";
import { patchComing } from "../../src/loader/load.ts";
import { modinfoParameters } from "../../src/loader/modinfo.ts";
import { loadForTest, moduleFile, recordedPatching, recordingHost } from "../support/load-host.ts";
import { mutate } from "../support/mutator.ts";

/** A few seconds' worth; KOBOX_MUTANTS=20000 for the whole. */
const COUNT = Number(process.env["KOBOX_MUTANTS"] ?? 1500);

const BASES = [
  "loader/fixtures/l_image.ko",
  "truth/mods/t_exp_b.ko",
  "truth/mods/t_meta.ko",
  "truth/mods/t_param.ko",
].map(moduleFile);

/** Every stage; answers with how it ended. Anything but a LoadFailure is a bug. */
const loadAll = (bytes: Uint8Array): string => {
  const host = recordingHost();
  try {
    const { image, linked, prepared } = loadForTest(bytes, { host, percpu: 0x35000 });
    patchComing({
      image,
      sections: linked.sections,
      patching: recordedPatching(),
      foreignKey: () => undefined,
      staticCalls: {
        keyOfTrampoline: () => undefined,
        functionOf: () => undefined,
        returnZero: undefined,
      },
    });
    modinfoParameters(prepared.info.modinfo);
    return "loaded";
  } catch (error) {
    if (!(error instanceof LoadFailure)) throw error;
    if (error.message === "" || error.errno <= 0) throw new Error("it says nothing", { cause: error });
    return `errno ${error.errno}`;
  }
};

test(`${COUNT} damaged modules each load or fail with an errno, in little time`, () => {
  const ends = new Map<string, number>();
  for (let seed = 0; seed < COUNT; seed += 1) {
    const mutant = mutate(BASES[seed % BASES.length]!, seed);
    const start = performance.now();
    let end: string;
    try {
      end = loadAll(mutant.bytes);
    } catch (error) {
      throw new Error(mutant.what, { cause: error });
    }
    expect(performance.now() - start, mutant.what).toBeLessThan(3000);
    ends.set(end, (ends.get(end) ?? 0) + 1);
  }
  expect(ends.get("loaded") ?? 0).toBeGreaterThan(0);
  expect(ends.get("errno 8") ?? 0).toBeGreaterThan(0);
}, 600_000);
