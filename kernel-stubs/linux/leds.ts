/** include/linux/leds.h: registrations. */
import { registrations } from "../registrations.ts";

export const linuxLedsRegistrations = registrations("a trigger is never used, a light has no files", [
  {
    kind: "led_trigger",
    add: "int led_trigger_register(struct led_trigger *trig)",
    remove: "void led_trigger_unregister(struct led_trigger *trig)",
    by: { add: "trig", remove: "trig" },
    fails: ["EEXIST"],
    twice: "EEXIST",
  },
  {
    kind: "led",
    add: "int led_classdev_register_ext(struct device *parent, struct led_classdev *led_cdev, struct led_init_data *init_data)",
    remove: "void led_classdev_unregister(struct led_classdev *led_cdev)",
    by: { add: "led_cdev", remove: "led_cdev" },
    fails: ["ENOMEM", "EINVAL", "EEXIST"],
  },
]);
