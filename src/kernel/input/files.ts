/** What /sys/class/input and /proc/bus/input say of a device (drivers/input/input.c). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { deviceKobject } from "../devices/device-members.ts";
import type { Kernel } from "../kernel.ts";
import { textAttribute } from "../vfs/attribute-file.ts";
import { CAPABILITIES, EV, bit, bitsOf, words } from "./bits.ts";
import { OWN_HANDLERS, ownHandles } from "./own-handlers.ts";

const EV_BITS = 32;
const PROP_BITS = 32;
/** Where it stands in lists. */
const ORDER = [EV.KEY, EV.REL, EV.ABS, EV.MSC, EV.LED, EV.SND, EV.FF, EV.SW];
const KEY_MIN_INTERESTING = 0x71;

const view = (k: Kernel, dev: Address) => k.struct("input_dev", dev);
const hex4 = (value: number): string => value.toString(16).padStart(4, "0");
const text = (k: Kernel, at: Address): ByteString => (at === 0 ? "" : k.memory.cstring(at, 256));
const upper = (value: number, digits = 0): string => value.toString(16).toUpperCase().padStart(digits, "0");

/** input_print_bitmap(): highest word first. */
const bitmap = (k: Kernel, dev: Address, map: string, bits: number): string => {
  const all = words(k, dev, map, bits);
  while (all.length > 1 && all.at(-1) === 0n) all.pop();
  return all
    .toReversed()
    .map((word) => word.toString(16))
    .join(" ");
};

/** "PROP=0", "EV=3", and one for each type of event that the device knows. */
const bitmaps = (k: Kernel, dev: Address): string[] => [
  `PROP=${bitmap(k, dev, "propbit", PROP_BITS)}`,
  `EV=${bitmap(k, dev, "evbit", EV_BITS)}`,
  ...ORDER.filter((type) => bit(k, dev, "evbit", type)).map((type) => {
    const [map = "", bits = 0] = CAPABILITIES[type] ?? [];
    return `${map.replace("bit", "").toUpperCase()}=${bitmap(k, dev, map, bits)}`;
  }),
];

/** input_print_modalias() */
const modalias = (k: Kernel, dev: Address): string => {
  const { id } = view(k, dev);
  const list = (letter: string, map: string, bits: number, from = 0): string =>
    letter +
    bitsOf(k, dev, map, bits)
      .filter((each) => each >= from)
      .map((each) => `${upper(each)},`)
      .join("");
  const maps = [EV.REL, EV.ABS, EV.MSC, EV.LED, EV.SND, EV.FF, EV.SW].map((type) => {
    const [map = "", bits = 0] = CAPABILITIES[type] ?? [];
    return list(type === EV.SW ? "w" : (map[0] ?? ""), map, bits);
  });
  const numbers = `b${upper(id.bustype, 4)}v${upper(id.vendor, 4)}p${upper(id.product, 4)}e${upper(id.version, 4)}`;
  return `input:${numbers}-${list("e", "evbit", EV_BITS)}${list("k", "keybit", 768, KEY_MIN_INTERESTING)}${maps.join("")}`;
};

/** input_dev_uevent() */
export const inputVariables = (k: Kernel, dev: Address): string[] => {
  const { id, name, phys, uniq } = view(k, dev);
  const product = [id.bustype, id.vendor, id.product, id.version].map((each) => each.toString(16)).join("/");
  const quoted = (key: string, at: Address): string[] => (at === 0 ? [] : [`${key}="${text(k, at)}"`]);
  return [
    `PRODUCT=${product}`,
    ...quoted("NAME", name),
    ...quoted("PHYS", phys),
    ...quoted("UNIQ", uniq),
    ...bitmaps(k, dev),
    `MODALIAS=${modalias(k, dev)}`,
  ];
};

const LEDS = ["numlock", "capslock", "scrolllock", "compose", "kana", "sleep", "suspend", "mute", "misc"];

/** Files of /sys/class/input/inputN: input_dev_attr_groups; and the directories of its lights and its mouse, empty. */
export const addInputFiles = (k: Kernel, dev: Address): void => {
  const kobject = deviceKobject(k, dev + k.offsetOf("input_dev", "dev"));
  const { sysfs } = k.vfs;
  const add = (name: string, show: () => string, group?: string): void =>
    sysfs.addFile(kobject, {
      name,
      mode: name === "inhibited" ? 0o644 : 0o444,
      attribute: 0,
      ...(group === undefined ? {} : { group }),
      operations: textAttribute(k, () => `${show()}\n`),
    });
  for (const name of ["name", "phys", "uniq"] as const) add(name, () => text(k, view(k, dev)[name]));
  add("modalias", () => modalias(k, dev));
  add("properties", () => bitmap(k, dev, "propbit", PROP_BITS));
  add("inhibited", () => (view(k, dev).inhibited ? "1" : "0"));
  sysfs.addGroup(kobject, "id");
  for (const name of ["bustype", "vendor", "product", "version"] as const)
    add(name, () => hex4(view(k, dev).id[name]), "id");
  sysfs.addGroup(kobject, "capabilities");
  add("ev", () => bitmap(k, dev, "evbit", EV_BITS), "capabilities");
  for (const [map, bits] of Object.values(CAPABILITIES))
    add(map.replace("bit", ""), () => bitmap(k, dev, map, bits), "capabilities");
  for (const name of ownHandles(k, dev)) if (name.startsWith("mouse")) sysfs.addGroup(kobject, name);
  for (const led of bitsOf(k, dev, "ledbit", 16)) {
    const name = LEDS[led];
    if (name !== undefined) sysfs.addGroup(kobject, `${k.driverCore.kobjects.name(kobject)}::${name}`);
  }
};

const deviceText = (k: Kernel, dev: Address): string => {
  const { id, name, phys, uniq } = view(k, dev);
  const path = k.vfs.sysfs.path(deviceKobject(k, dev + k.offsetOf("input_dev", "dev"))) ?? "";
  const handles = k.input.handlesOf(dev).map((handle) => text(k, k.struct("input_handle", handle).name));
  return [
    `I: Bus=${hex4(id.bustype)} Vendor=${hex4(id.vendor)} Product=${hex4(id.product)} Version=${hex4(id.version)}`,
    `N: Name="${text(k, name)}"`,
    `P: Phys=${text(k, phys)}`,
    `S: Sysfs=${path}`,
    `U: Uniq=${text(k, uniq)}`,
    `H: Handlers=${[...ownHandles(k, dev), ...handles].map((each) => `${each} `).join("")}`,
    ...bitmaps(k, dev).map((each) => `B: ${each}`),
    "\n",
  ].join("\n");
};

export const devicesText = (k: Kernel): string =>
  [...k.input.registered.values()].map((dev) => deviceText(k, dev)).join("");

export const handlersText = (k: Kernel): string => {
  const own = OWN_HANDLERS.map(({ name, more = "" }) => `${name}${more}`);
  const others = [...k.input.handlers.values()].map((handler) => {
    const { name, filter, legacy_minors, minor } = k.struct("input_handler", handler);
    return `${text(k, name)}${filter === 0 ? "" : " (filter)"}${legacy_minors ? ` Minor=${minor}` : ""}`;
  });
  return [...own, ...others].map((each, index) => `N: Number=${index} Name=${each}\n`).join("");
};
