/** include/linux/fb.h. */
import { initMutex } from "../../src/kernel/locks/initialise.ts";
import { GFP_KERNEL } from "../../src/kernel/memory/gfp.ts";
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

export const framebufferAlloc = stub(
  "struct fb_info *framebuffer_alloc(size_t size, struct device *dev)",
  { fails: ["NULL"], sleeps: true, acquires: { slab: "return" } },
  (k, { size, dev }) => {
    const own = k.sizeOf("fb_info");
    // The driver's part begins at a word behind it, never right at its end.
    const before = size === 0 ? own : own + 8 - (own % 8);
    const info = k.heap.kmalloc(before + size, GFP_KERNEL);
    if (info === 0) return 0;
    if (size !== 0) k.memory.setPointer(info + k.offsetOf("fb_info", "par"), info + before);
    k.memory.setPointer(info + k.offsetOf("fb_info", "device"), dev);
    k.memory.setU32(info + k.offsetOf("fb_info", "fbcon_rotate_hint"), 0xffff_ffff);
    initMutex(k, info + k.offsetOf("fb_info", "bl_curve_mutex"));
    return info;
  },
);
export const framebufferRelease = stub(
  "void framebuffer_release(struct fb_info *info)",
  { releases: { slab: "info" } },
  (k, { info }) => {
    if (info === 0) return;
    k.heap.kfree(k.memory.pointer(info + k.offsetOf("fb_info", "apertures")));
    k.heap.kfree(info);
  },
);
