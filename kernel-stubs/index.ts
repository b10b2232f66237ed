/** All stubs, by the kernel header that declares the function. Importing this parses nothing. */
export * from "./asm/linkage.ts";
export * from "./linux/string.ts";
export * from "./linux/string-search.ts";
export * from "./linux/ctype.ts";
export * from "./linux/dev_printk.ts";
export * from "./linux/dynamic_debug.ts";
export * from "./linux/kernel.ts";
export * from "./linux/kstrtox.ts";
export * from "./linux/printk.ts";
export * from "./linux/ratelimit.ts";
export * from "./linux/sprintf.ts";
export * from "./linux/string_helpers.ts";
export * from "./linux/moduleparam.ts";
