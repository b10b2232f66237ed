/** All stubs, by the kernel header that declares the function. Importing this parses nothing. */
export * from "./asm/linkage.ts";
export * from "./linux/string.ts";
