/** include/linux/console.h, as kernel/printk/printk.c does it. */
import { inUse, placeConsoles, registerConsole, unregisterConsole } from "../../src/kernel/tty/consoles.ts";
import { stub, variable } from "../../src/stub/declare.ts";

/** The console that the log goes to comes first. */
export const consoleDrivers = variable("struct console *console_drivers", (k) => void placeConsoles(k));

export const registerConsoleStub = stub(
  "void register_console(struct console *newcon)",
  {
    sleeps: true,
    acquires: { console: (k, { newcon }) => (inUse(k, newcon) ? newcon : undefined) },
    level: { partial: "what is logged is not written to it; none replaces the machine's serial line" },
  },
  (k, { newcon }) => registerConsole(k, newcon),
);
export const unregisterConsoleStub = stub(
  "int unregister_console(struct console *console)",
  { fails: ["ENODEV"], sleeps: true, releases: { console: "console" } },
  function* (k, { console }) {
    return yield* unregisterConsole(k, console);
  },
);
