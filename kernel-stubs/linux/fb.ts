/** include/linux/fb.h: registrations. */
import { registrations } from "../registrations.ts";

export const linuxFbRegistrations = registrations("a frame buffer has no device file", [
  {
    kind: "framebuffer",
    add: "int register_framebuffer(struct fb_info *fb_info)",
    remove: "void unregister_framebuffer(struct fb_info *fb_info)",
    by: { add: "fb_info", remove: "fb_info" },
    fails: ["EINVAL", "ENXIO", "ENODEV"],
  },
]);
