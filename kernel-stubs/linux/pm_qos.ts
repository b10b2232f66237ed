/** include/linux/pm_qos.h, as drivers/base/power/qos.c does it: requests are noted. */
import { EEXIST, EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { stub } from "../../src/stub/declare.ts";

const UNWEIGHED = { partial: "requests are not weighed, and have no files" };

export const devPmQosAddRequest = stub(
  `int dev_pm_qos_add_request(struct device *dev, struct dev_pm_qos_request *req,
      enum dev_pm_qos_req_type type, s32 value)`,
  {
    fails: ["EINVAL", "ENOMEM", "ENODEV"],
    sleeps: true,
    acquires: { pm_qos_request: "req" },
    level: UNWEIGHED,
  },
  (k, { dev, req, type }) => {
    if (dev === 0 || req === 0) throw new Errno(EINVAL);
    k.memory.setU32(req + k.offsetOf("dev_pm_qos_request", "type"), type);
    k.memory.setPointer(req + k.offsetOf("dev_pm_qos_request", "dev"), dev);
    return 1;
  },
);
export const devPmQosRemoveRequest = stub(
  "int dev_pm_qos_remove_request(struct dev_pm_qos_request *req)",
  { fails: ["EINVAL"], sleeps: true, releases: { pm_qos_request: "req" }, level: UNWEIGHED },
  (k, { req }) => {
    if (req === 0 || k.memory.pointer(req + k.offsetOf("dev_pm_qos_request", "dev")) === 0)
      throw new Errno(EINVAL);
    k.memory.fill(req, 0, k.sizeOf("dev_pm_qos_request"));
    return 1;
  },
);
export const devPmQosExposeFlags = stub(
  "int dev_pm_qos_expose_flags(struct device *dev, s32 value)",
  { fails: ["EINVAL", "EEXIST", "ENOMEM"], sleeps: true, level: UNWEIGHED },
  (k, { dev }) => {
    const { registered, devices } = k.driverCore;
    if (!devices.has(dev)) throw new Errno(EINVAL);
    const key = `qos_flags ${dev}`;
    if (registered.has(key)) throw new Errno(EEXIST);
    registered.add(key);
    return 0;
  },
);
export const devPmQosHideFlags = stub(
  "void dev_pm_qos_hide_flags(struct device *dev)",
  { sleeps: true, level: UNWEIGHED },
  (k, { dev }) => void k.driverCore.registered.delete(`qos_flags ${dev}`),
);
