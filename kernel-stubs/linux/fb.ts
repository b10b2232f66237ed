/** include/linux/fb.h. */
import { stub } from "../../src/stub/declare.ts";
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

export const fbGetOptions = stub(
  "int fb_get_options(const char *name, char **option)",
  { level: { partial: "the command line has no options for frame buffers" } },
  (k, { option }) => {
    if (option !== 0) k.memory.setPointer(option, 0);
    return 0;
  },
);
