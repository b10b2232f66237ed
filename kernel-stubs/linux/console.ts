/** include/linux/console.h. */
import { variable } from "../../src/stub/declare.ts";

/** Of struct console, with room. */
const CONSOLE_BYTES = 256;

/** The console that the log goes to. */
export const consoleDrivers = variable("struct console *console_drivers", (k, { address }) => {
  const made = k.statics.allocate(CONSOLE_BYTES);
  k.memory.setCstring(made, "ttyS");
  k.memory.setPointer(address, made);
});
