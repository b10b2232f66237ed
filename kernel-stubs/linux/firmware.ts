/** include/linux/firmware.h, as drivers/base/firmware_loader/main.c does it: files of /lib/firmware. */
import type { Address } from "../../src/base/address.ts";
import { EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { staticText } from "../../src/kernel/data/text.ts";
import { type FirmwareRequest, releaseFirmware, requestFirmware } from "../../src/kernel/devices/firmware.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { DEFERRED_CALLERS } from "../../src/kernel/oops/callers.ts";
import { type Stub, stub } from "../../src/stub/declare.ts";

const FAILS = ["EINVAL", "ENOENT", "ENOMEM", "EAGAIN", "EFBIG"] as const;
const request = (k: Kernel, place: Address, wanted: FirmwareRequest): number => {
  if (place === 0) throw new Errno(EINVAL);
  forget(k, place);
  k.memory.setPointer(place, requestFirmware(k, wanted));
  return 0;
};

/** The caller's pointer is NULL after a failure, and holds what is to be released after success. */
const forget = (k: Kernel, place: Address): void => {
  if (place !== 0) k.memory.setPointer(place, 0);
};
const TO_FIRMWARE_P = {
  fails: FAILS,
  sleeps: true,
  acquires: { firmware: (k: Kernel, { firmware_p }: IntoPointer) => k.memory.pointer(firmware_p) },
  leaves: (k: Kernel, { firmware_p }: IntoPointer) => forget(k, firmware_p),
} as const;
const TO_FIRMWARE = {
  ...TO_FIRMWARE_P,
  acquires: { firmware: (k: Kernel, { firmware }: { firmware: Address }) => k.memory.pointer(firmware) },
  leaves: (k: Kernel, { firmware }: { firmware: Address }) => forget(k, firmware),
} as const;
interface IntoPointer {
  readonly firmware_p: Address;
}

type Request =
  "int request_firmware(const struct firmware **firmware_p, const char *name, struct device *device)";
const requester = (name: string, warn: boolean): Stub =>
  stub(
    `int ${name}(const struct firmware **firmware_p, const char *name, struct device *device)` as Request,
    TO_FIRMWARE_P,
    (k, { firmware_p, name: file, device }) =>
      request(k, firmware_p, { name: file, device, warn, cached: name === "request_firmware" }),
  );
export const requestFirmwares = [
  requester("request_firmware", true),
  requester("request_firmware_direct", false),
];
export const firmwareRequestNowarn = stub(
  "int firmware_request_nowarn(const struct firmware **firmware, const char *name, struct device *device)",
  TO_FIRMWARE,
  (k, { firmware, name, device }) => request(k, firmware, { name, device, warn: false, cached: true }),
);
export const firmwareRequestPlatform = stub(
  "int firmware_request_platform(const struct firmware **firmware, const char *name, struct device *device)",
  TO_FIRMWARE,
  (k, { firmware, name, device }) => request(k, firmware, { name, device, warn: true, cached: true }),
);
interface IntoBuffer extends IntoPointer {
  readonly name: Address;
  readonly device: Address;
  readonly buf: Address;
  readonly size: number;
}
const intoBuffer = (k: Kernel, args: IntoBuffer, offset: number): number => {
  const { firmware_p, name, device, buf, size } = args;
  const buffer = { address: buf, size, offset };
  return request(k, firmware_p, { name, device, warn: true, cached: false, buffer });
};
export const requestFirmwareIntoBuf = stub(
  `int request_firmware_into_buf(const struct firmware **firmware_p, const char *name,
      struct device *device, void *buf, size_t size)`,
  TO_FIRMWARE_P,
  (k, args) => intoBuffer(k, args, 0),
);
export const requestPartialFirmwareIntoBuf = stub(
  `int request_partial_firmware_into_buf(const struct firmware **firmware_p, const char *name,
      struct device *device, void *buf, size_t size, size_t offset)`,
  TO_FIRMWARE_P,
  (k, args) => intoBuffer(k, args, args.offset),
);
export const requestFirmwareNowait = stub(
  `int request_firmware_nowait(struct module *module, bool uevent, const char *name,
      struct device *device, gfp_t gfp, void *context,
      void (*cont)(const struct firmware *fw, void *context))`,
  { fails: ["ENOMEM", "EFAULT"] },
  (k, { name, device, context, cont, module }) => {
    const kept = staticText(k, k.memory.cstring(name, 256));
    const owner = k.modules.list.byStruct(module);
    if (owner !== undefined) k.modules.references.get(owner);
    const later = (function* () {
      let firmware: Address = 0;
      try {
        firmware = requestFirmware(k, { name: kept, device, warn: true, cached: true });
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
      }
      yield* k.call(cont, firmware, context);
      if (owner !== undefined) k.modules.references.put(owner);
      return 0;
    })();
    k.tasks.spawn({ comm: "kworker/0:0", kind: "kthread", callers: DEFERRED_CALLERS.work }, later);
    return 0;
  },
);
export const releaseFirmwareStub = stub(
  "void release_firmware(const struct firmware *fw)",
  { releases: { firmware: "fw" } },
  (k, { fw }) => releaseFirmware(k, fw),
);
