/** include/linux/netdevice.h: names, files of the class, and what looks at packets of a kind. */
import { byteStringToBytes } from "../../src/base/bytes.ts";
import { classKobject } from "./device/class.ts";
import { addAttribute, removeAttribute } from "../../src/kernel/devices/groups.ts";
import { chooseName } from "../../src/kernel/net/devices.ts";
import { stub } from "../../src/stub/declare.ts";
import { registrations } from "../registrations.ts";

/** IFNAMSIZ */
const NAME_SIZE = 16;

/** Answers with the number that "%d" became. */
export const devAllocName = stub(
  "int dev_alloc_name(struct net_device *dev, const char *name)",
  { fails: ["EINVAL", "EEXIST", "ENFILE"] },
  (k, { dev, name }) => {
    const wanted = k.memory.cstring(name, NAME_SIZE);
    const chosen = chooseName(wanted, (one) => k.net.devices.find(one) !== undefined);
    k.memory.write(dev, byteStringToBytes(chosen.padEnd(NAME_SIZE, "\0")));
    const at = wanted.indexOf("%d");
    return at < 0 ? 0 : Number.parseInt(chosen.slice(at), 10);
  },
);
export const devValidName = stub("bool dev_valid_name(const char *name)", (k, { name }) => {
  const text = k.memory.cstring(name, NAME_SIZE);
  return text !== "" && text.length < NAME_SIZE && text !== "." && text !== ".." && !/[/:\s]/.test(text);
});

export const netdevClassCreateFile = stub(
  "int netdev_class_create_file_ns(const struct class_attribute *class_attr, const void *ns)",
  { fails: ["EEXIST", "ENOMEM"], sleeps: true, acquires: { class_file: "class_attr" } },
  function* (k, { class_attr }) {
    addAttribute(k, classKobject(k, yield* k.net.devices.family()), class_attr);
    return 0;
  },
);
export const netdevClassRemoveFile = stub(
  "void netdev_class_remove_file_ns(const struct class_attribute *class_attr, const void *ns)",
  { releases: { class_file: "class_attr" } },
  function* (k, { class_attr }) {
    removeAttribute(k, classKobject(k, yield* k.net.devices.family()), class_attr);
  },
);

export const packetOffloads = registrations("packets are not put together", [
  {
    kind: "packet_offload",
    add: "void dev_add_offload(struct packet_offload *po)",
    remove: "void dev_remove_offload(struct packet_offload *po)",
    by: { add: "po", remove: "po" },
    fails: [],
  },
]);

/** No device is below another one. */
export const netdevLowerGetNextPrivate = stub(
  "void *netdev_lower_get_next_private(struct net_device *dev, struct list_head **iter)",
  { level: { partial: "devices are not put on top of each other" } },
  () => 0,
);
