import { Command, CommanderError } from "commander";
import { EXIT } from "./exit.ts";
import { reportError } from "./report-error.ts";
import { RUN_DEFAULTS } from "./run-defaults.ts";

/** Commands load their code when they are used: `kobox run` must start in no time. */
const program = new Command("kobox")
  .description("Runs real compiled Linux kernel modules (.ko, x86-64) in an emulated CPU.")
  .version("0.1.0")
  .exitOverride()
  .showHelpAfterError("(kobox --help shows how)");

const kernelOption = [
  "--kernel <release>",
  "kernel profile: a release, or the path of a profile file",
] as const;

const deviceOption = [
  "--device <file...>",
  "JSON descriptions of devices on the platform bus (docs/device.md)",
] as const;
const firmwareOption = ["--firmware <folder>", "files for /lib/firmware"] as const;

const callsOption = [
  "--max-calls <number>",
  "calls of kernel functions a step may make (default: 5000000)",
] as const;
const instructionsOption = [
  "--max-instructions <number>",
  "instructions it may execute without a call (default: 1000000000)",
] as const;
const timeOption = ["--time-limit <seconds>", "virtual time a step may take (default: 86400)"] as const;

program
  .command("run")
  .description("insert a module, let it settle, remove it; show the kernel log as it happens")
  .argument("<module>", "FILE.ko (.ko.xz, .ko.gz, .ko.zst)")
  .argument("[parameters...]", "name=value")
  .option(...kernelOption)
  .option("--json", "one JSON document instead of text")
  .option("--seed <number>", "everything that is left to chance", RUN_DEFAULTS.seed)
  .option("--schedule <policy>", "who runs when: in-turn or random:SEED", RUN_DEFAULTS.schedule)
  .option("--settle <ms>", "virtual milliseconds between insert and remove", RUN_DEFAULTS.settle)
  .option("--unknown <policy>", "calls of functions without a stub: guess or stop", RUN_DEFAULTS.unknown)
  .option("--memory <MiB>", "guest memory (more costs start-up time)", RUN_DEFAULTS.memory)
  .option(...callsOption)
  .option(...instructionsOption)
  .option(...timeOption)
  .option("--no-rmmod", "leave the module in")
  .option("--with <file...>", "modules to insert first")
  .option("--fail <symbol#nth=failure...>", "make calls of its init fail, such as kmalloc_trace#3=NULL")
  .option(...deviceOption)
  .option(...firmwareOption)
  .option("--isolate", "in a process of its own that may do nothing else and may die")
  .option("--real-time <seconds>", "with --isolate: how long it may take", RUN_DEFAULTS.realTime)
  .option("--sanitize <list>", "heap: watch every memory access (slower); or none", RUN_DEFAULTS.sanitize)
  .option("--replay <file>", "what `kobox fuzz` found: run that, exactly as it was")
  .action(async (...args) => {
    const { replay } = args[2];
    if (replay !== undefined) {
      const { replayCommand } = await import("./commands/replay.ts");
      process.exitCode = await replayCommand(args[0], replay, args[2]);
      return;
    }
    const { runCommand } = await import("./commands/run.ts");
    process.exitCode = await runCommand(args[0], args[1], args[2]);
  });

program
  .command("check")
  .description("run a module once for each way each of its calls can fail; tell what it does not survive")
  .argument("<module>", "FILE.ko (.ko.xz, .ko.gz, .ko.zst)")
  .argument("[parameters...]", "name=value")
  .option(...kernelOption)
  .option("--json", "one JSON document instead of text")
  .option("--sanitize <list>", "all, none, or some of heap,uninitialised", "all")
  .option("--scope <scope>", "which calls to fail: init (and what it calls), or all", "init")
  .option("--pairs <count>", "so many runs with two failures at once", "0")
  .option("--limit <count>", "at most so many runs with failures", "1000")
  .option("--fail <symbol#nth=failure...>", "only these failures, together, in one run")
  .option("--format <format>", "text, json, ktap, junit or sarif")
  .option(
    "--html <file>",
    "write a page, too: outcomes, code reached, logs side by side, what was left behind",
  )
  .option("--lcov <file>", "write how many runs reached each source line (needs debug information)")
  .option("--no-parameters", "leave the parameters as they are")
  .option(...deviceOption)
  .option(...firmwareOption)
  .option("--memory <MiB>", "guest memory (more costs start-up time)", "48")
  .action(async (...args) => {
    const { checkCommand } = await import("./commands/check.ts");
    process.exitCode = await checkCommand(args[0], args[1], args[2]);
  });

program
  .command("fuzz")
  .description("feed a module what nobody thought of, guided by the code it reaches")
  .argument("<module>", "FILE.ko (.ko.xz, .ko.gz, .ko.zst)")
  .argument("[parameters...]", "name=value")
  .option("--target <target>", "init, params, return, file:/dev/NAME, ioctl:/dev/NAME or sequence", "init")
  .option(
    "--corpus <folder>",
    "where the session lives; an old one is gone on with (default: NAME.fuzz-TARGET)",
  )
  .option("--executions <count>", "stop after so many")
  .option("--time <seconds>", "stop after so long (default: until Ctrl-C)")
  .option("--jobs <count>", "worker processes", "1")
  .option("--seed <number>", "everything that is left to chance", "1")
  .option("--sanitize <list>", "heap: watch every memory access; or none", "heap")
  .option(...deviceOption)
  .option(...firmwareOption)
  .option("--memory <MiB>", "guest memory of each worker", "48")
  .option("--drcov <file>", "write the code reached, for disassemblers' plug-ins")
  .option(
    "--lcov <file>",
    "write the source lines reached, for genhtml and editors (needs debug information)",
  )
  .option(...kernelOption)
  .option("--json", "one JSON document instead of text")
  .action(async (...args) => {
    const { fuzzCommand } = await import("./commands/fuzz.ts");
    process.exitCode = await fuzzCommand(args[0], args[1], args[2]);
  });

program
  .command("survey")
  .description("insert and remove each module of a folder, dependencies first; tell how each went")
  .argument("<path...>", "folders, or FILE.ko (.ko.xz, .ko.gz, .ko.zst)")
  .option(...kernelOption)
  .option("--only <regex>", "modules whose path matches", "")
  .option("--modules <folder...>", "where else dependencies are looked for")
  .option("--jobs <count>", "processes at a time (default: as many as processors)")
  .option("--real-time <seconds>", "how long a module may take", "60")
  .option(...deviceOption)
  .option(...firmwareOption)
  .option("--memory <MiB>", "guest memory of each", "128")
  .option("--json", "one JSON document instead of text")
  .action(async (...args) => {
    const { surveyCommand } = await import("./commands/survey.ts");
    process.exitCode = await surveyCommand(args[0], args[1]);
  });

program.command("run-worker", { hidden: true }).action(async () => {
  const { runWorkerCommand } = await import("./commands/run-worker.ts");
  process.exitCode = await runWorkerCommand();
});

program.command("fuzz-worker", { hidden: true }).action(async () => {
  const { fuzzWorkerCommand } = await import("./commands/fuzz-worker.ts");
  process.exitCode = await fuzzWorkerCommand();
});

program
  .command("shell")
  .description("a prompt with insmod, rmmod, lsmod, dmesg, cat, echo and more")
  .argument("[script]", "commands from a file (- for standard input)")
  .option(...kernelOption)
  .option("--json", "one JSON line for each command")
  .option("--seed <number>", "everything that is left to chance", "1")
  .option("--schedule <policy>", "who runs when: in-turn or random:SEED", "in-turn")
  .option(...callsOption)
  .option(...instructionsOption)
  .option(...timeOption)
  .option("--modules <folder>", "what modprobe and depmod look at", ".")
  .option(...deviceOption)
  .option(...firmwareOption)
  .action(async (...args) => {
    const { shellCommand } = await import("./commands/shell.ts");
    process.exitCode = await shellCommand(args[0], args[1]);
  });

program
  .command("modinfo")
  .description("show what a module file says about itself")
  .argument("<module...>", "FILE.ko")
  .option("-F, --field <name>", "only that field")
  .option("-0, --null", "end values with NUL")
  .option("--json", "as JSON")
  .action(async (...args) => {
    const { modinfoCommand } = await import("./commands/modinfo.ts");
    process.exitCode = await modinfoCommand(args[0], args[1]);
  });

program
  .command("symbols")
  .description("show what a module imports and how well kobox knows each symbol")
  .argument("<module>", "FILE.ko")
  .option(...kernelOption)
  .option("--json", "as JSON")
  .action(async (...args) => {
    const { symbolsCommand } = await import("./commands/symbols.ts");
    process.exitCode = await symbolsCommand(args[0], args[1]);
  });

program
  .command("truth")
  .description("replay recorded scenarios and compare with what the real kernel did")
  .argument("<jobs>", "FILE.jobs")
  .argument("[recording]", "FILE.jsonl (default: beside the job file)")
  .option("--only <regex>", "jobs whose name matches")
  .option("--summary", "totals only")
  .action(async (...args) => {
    const { truthCommand } = await import("./commands/truth.ts");
    process.exitCode = await truthCommand(args[0], args[1], args[2]);
  });

program
  .command("compatibility")
  .description("which of the kernel's symbols have stubs, as Markdown")
  .action(async () => {
    const { compatibilityCommand } = await import("./commands/compatibility.ts");
    process.exitCode = compatibilityCommand();
  });

program
  .command("profile")
  .description("build a kernel profile from a kernel image and its Module.symvers")
  .requiredOption("--kernel <image>", "vmlinuz or vmlinux")
  .requiredOption("--symvers <file>", "Module.symvers")
  .option("--config <file>", "the kernel's .config")
  .requiredOption("--output <file>", "where to write the profile")
  .option("--types <file>", "where to write TypeScript types of the structs that stubs use")
  .action(async (options) => {
    const { profileCommand } = await import("./profile.ts");
    process.stdout.write(`${await profileCommand(options)}\n`);
  });

// A reader that has seen enough (`kobox ... | head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT.CLEAN);
  throw error;
});

const usage = ({ exitCode }: CommanderError): number => (exitCode === 0 ? EXIT.CLEAN : EXIT.USAGE);

program.parseAsync().catch((error: unknown) => {
  process.exitCode = error instanceof CommanderError ? usage(error) : reportError(error);
});
