/** include/linux/backlight.h. */
import { stub } from "../../src/stub/declare.ts";

export const backlightDeviceUnregister = stub(
  "void backlight_device_unregister(struct backlight_device *bd)",
  { sleeps: true, releases: { backlight: "bd" }, level: { partial: "nothing is done but for NULL" } },
  () => undefined,
);
