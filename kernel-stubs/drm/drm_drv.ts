/** include/drm/drm_drv.h, as drivers/gpu/drm/drm_nomodeset.c does it. */
import { stub } from "../../src/stub/declare.ts";

/** The command line does not say nomodeset. */
export const drmFirmwareDriversOnly = stub("bool drm_firmware_drivers_only(void)", () => false);
