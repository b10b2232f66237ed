/** include/linux/input.h: registrations. */
import { registrations } from "../registrations.ts";

export const linuxInputHandlerRegistrations = registrations("handlers are offered no device", [
  {
    kind: "input_handler",
    add: "int input_register_handler(struct input_handler *handler)",
    remove: "void input_unregister_handler(struct input_handler *handler)",
    by: { add: "handler", remove: "handler" },
    fails: ["EINTR"],
  },
]);
