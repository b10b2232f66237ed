import type { Address } from "../../base/address.ts";
import { makeLater } from "../later.ts";
import type { JournalMap, JournalSet } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { releaseClass } from "./classes.ts";
import { releaseDevice } from "./device.ts";
import { type Kobjects, createKobjects } from "./kobjects.ts";
import { type MiscDevices, createMisc } from "./misc.ts";
import { type DevresList, createDevres } from "./devres.ts";
import { type Resources, createResources } from "./resources.ts";
import { type PciHost, createPciHost } from "./pci-host.ts";
import { releaseSwnode } from "./swnode-register.ts";
import type { SoftwareNodes } from "./swnode.ts";
import { type Texts, createTexts } from "../data/text.ts";
import { type Usermode, createUsermode } from "./usermode.ts";
import { type Platform, createPlatform } from "./platform.ts";

/** What is known of the guest's classes, buses and drivers beside their structs (drivers/base). */
export interface DriverCore {
  readonly kobjects: Kobjects;
  /** struct class, bus_type, device_driver by the kobject of their directory. */
  classAt(kobject: Address): Address;
  busAt(kobject: Address): Address;
  driverAt(kobject: Address): Address;
  /** The same the other way round, and their keepers. */
  readonly classes: JournalMap<Address, ClassState>;
  readonly buses: JournalMap<Address, BusState>;
  readonly drivers: JournalMap<Address, DriverState>;
  /** Those of the kernel's own buses that have been used, by their variable. */
  readonly kernelBuses: JournalMap<string, Address>;
  /** Registered devices, by struct device, in the order they were added. */
  readonly devices: JournalMap<Address, DeviceState>;
  /** Classes and devices of the kernel's own memory (class_create, device_create). */
  readonly created: JournalSet<Address>;
  readonly misc: MiscDevices;
  /** Heads of the kernel's own notifier chains, by the function that registers. */
  readonly chains: JournalMap<string, Address>;
  readonly platform: Platform;
  /** Ports and addresses, and who has them. */
  readonly resources: Resources;
  readonly devres: DevresList;
  /** What is on lists of subsystems that nobody plays: "kind address". */
  readonly registered: JournalSet<string>;
  readonly pci: PciHost;
  readonly softwareNodes: SoftwareNodes;
  readonly texts: Texts;
  readonly usermode: Usermode;
  /** CPU hotplug states in use ("cpuhp 201"), with their teardown functions. */
  readonly hotplug: JournalMap<string, Address>;
  /** Devices whose probe is to be tried again, in order. */
  readonly deferred: JournalSet<Address>;
  /** Makes those parts that are otherwise made when first used. */
  complete(): void;
}

export interface ClassState {
  readonly kobject: Address;
}
export interface BusState {
  readonly kobject: Address;
  readonly devices: Address;
  readonly drivers: Address;
}
export interface DriverState {
  readonly kobject: Address;
  readonly bus: Address;
}
export interface DeviceState {
  /** Name of its node in /dev, "" for none. */
  readonly node: string;
  /** Directory between it and its parent that only it and others of its class need. */
  readonly glue: Address;
}

const keyOf = (map: JournalMap<Address, { readonly kobject: Address }>, kobject: Address): Address => {
  for (const [address, state] of map.entries()) if (state.kobject === kobject) return address;
  return 0;
};

export const createDriverCore = (k: Kernel): DriverCore => {
  const classes: DriverCore["classes"] = k.journal.map();
  const buses: DriverCore["buses"] = k.journal.map();
  const drivers: DriverCore["drivers"] = k.journal.map();
  const kobjects = createKobjects(k);
  for (const kind of ["bus", "driver"] as const)
    kobjects.releases.set(kind, function* (kobject) {
      k.heap.kfree(kobject);
    });
  kobjects.releases.set("class", (kobject) => releaseClass(k, kobject));
  kobjects.releases.set("device", (kobject) => releaseDevice(k, kobject));
  kobjects.releases.set("software_node", (kobject) => releaseSwnode(k, kobject));
  const core = {
    kobjects,
    kernelBuses: k.journal.map<string, Address>(),
    created: k.journal.set<Address>(),
    chains: k.journal.map<string, Address>(),
    registered: k.journal.set<string>(),
    pci: createPciHost(k),
    softwareNodes: { operations: 0 },
    texts: createTexts(k),
    hotplug: k.journal.map<string, Address>(),
    deferred: k.journal.set<Address>(),
    classAt: (kobject: Address) => keyOf(classes, kobject),
    busAt: (kobject: Address) => keyOf(buses, kobject),
    driverAt: (kobject: Address) => keyOf(drivers, kobject),
    classes,
    buses,
    drivers,
    devices: k.journal.map<Address, DeviceState>(),
    complete: () => later.complete(),
  };
  const later = makeLater<DriverCore>(core, {
    misc: () => createMisc(k),
    platform: () => createPlatform(k),
    resources: () => createResources(k),
    devres: () => createDevres(k),
    usermode: () => createUsermode(k),
  });
  return core as unknown as DriverCore;
};
