/** include/linux/cc_platform.h (arch/x86/coco/core.c): nothing here is confidential. */
import { stub } from "../../src/stub/declare.ts";

export const ccPlatformHas = stub("bool cc_platform_has(enum cc_attr attr)", () => false);
