import { createHash } from "node:crypto";
import { displayText } from "../../base/bytes.ts";
import { KoboxError } from "../../base/errors.ts";
import { type Around, aroundIdentity } from "../../analysis/fuzz/around.ts";
import { type Execution, createHarness } from "../../analysis/fuzz/harness.ts";
import { type Reproducer, readReproducer } from "../../analysis/fuzz/store.ts";
import { parseTarget } from "../../analysis/fuzz/target.ts";
import { parseSanitizers } from "../../analysis/sanitizers/sanitizers.ts";
import { recordText } from "../../kernel/log/print.ts";
import { DEFAULT_RELEASE } from "../../profile/default-profile.ts";
import { EXIT } from "../exit.ts";
import { readModuleFile } from "../module-file.ts";
import { numberOption } from "../number-option.ts";
import { showRecord } from "../show-record.ts";
import { type Surroundings, bootAround, readSurroundings } from "../surroundings.ts";
import { colours } from "../terminal.ts";

export interface ReplayOptions extends Surroundings {
  readonly kernel?: string;
  readonly memory: string;
  readonly json?: boolean;
}

const MIB = 1024 * 1024;

const checkIdentity = (
  { module, kernel }: Reproducer,
  bytes: Uint8Array,
  path: string,
  release: string,
): void => {
  if (createHash("sha256").update(bytes).digest("hex") !== module) {
    throw new KoboxError("usage", `${path}: not the module that was fuzzed`, {
      hint: "Give the same file, not rebuilt.",
    });
  }
  if (kernel !== release) {
    throw new KoboxError("usage", `found with the kernel profile ${kernel}, not ${release}`, {
      hint: `Add --kernel ${kernel}.`,
    });
  }
};

/** What stood around the module: devices are in the file, firmware must be given again. */
const aroundOf = (reproducer: Reproducer, file: string, options: ReplayOptions): Around => {
  if (options.device !== undefined) {
    throw new KoboxError("usage", `--device: ${file} names the devices itself`, {
      hint: "Leave --device out.",
    });
  }
  const { firmware } = readSurroundings(options);
  const devices = reproducer.devices.map((description) => ({ from: file, description }));
  const given = aroundIdentity({ devices, firmware }).firmware;
  const other = [...new Set([...Object.keys(reproducer.firmware), ...Object.keys(given)])].find(
    (name) => reproducer.firmware[name] !== given[name],
  );
  if (other === undefined) return { devices, firmware };
  const names = Object.keys(reproducer.firmware);
  const was = names.length === 0 ? "without firmware" : `with the firmware ${names.join(", ")}`;
  throw new KoboxError("usage", `${file}: found ${was}; ${other} ${differs(reproducer, given, other)}`, {
    hint: names.length === 0 ? "Leave --firmware out." : "Give the same files with --firmware FOLDER.",
  });
};

const differs = ({ firmware }: Reproducer, given: Readonly<Record<string, string>>, name: string): string => {
  if (given[name] === undefined) return "is missing";
  return firmware[name] === undefined ? "was not there" : "has other contents";
};

const show = ({ results, crashes }: Execution): void => {
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  for (const result of results) say(result);
  for (const { kind, message, where } of crashes) {
    say(
      `${colours.red(`finding ${kind}`)}: ${displayText(message)}${where === undefined ? "" : `\n  in ${where}`}`,
    );
  }
  if (crashes.length === 0) say("nothing was found");
};

/** `kobox run FILE.ko --replay CRASH.json`: one execution of `kobox fuzz` again. */
export const replayCommand = async (path: string, file: string, options: ReplayOptions): Promise<number> => {
  const reproducer = readReproducer(file);
  const module = await readModuleFile(path);
  checkIdentity(reproducer, module.bytes, path, options.kernel ?? DEFAULT_RELEASE);
  const around = aroundOf(reproducer, file, options);
  const sanitizers = parseSanitizers(reproducer.sanitize);
  const machine = {
    kernel: options.kernel,
    ram: numberOption("memory", options.memory, 32, 3072) * MIB,
    checks: sanitizers.has("heap"),
    ...(options.json === true ? {} : { onRecord: showRecord }),
  };
  const sandbox = bootAround(machine, around);
  const load = { bytes: module.bytes, parameters: reproducer.parameters };
  const harness = createHarness(sandbox, load, parseTarget(reproducer.target), sanitizers);
  const execution = harness.examine(reproducer.input);
  if (options.json === true) {
    const dmesg = sandbox.kernel.log.since(0).map((record) => displayText(recordText(record)));
    process.stdout.write(`${JSON.stringify({ report_version: 1, ...execution, dmesg }, null, 2)}\n`);
  } else show(execution);
  sandbox.close();
  return execution.crashes.length > 0 ? EXIT.FOUND : EXIT.CLEAN;
};
