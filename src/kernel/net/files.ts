/** What /sys/class/net/NAME and /proc/net/dev say (net/core/net-sysfs.c, net-procfs.c). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { EINVAL } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { deviceKobject } from "../devices/device-members.ts";
import type { Kernel } from "../kernel.ts";
import { textAttribute } from "../vfs/attribute-file.ts";
import { hostText } from "../vfs/kept-files.ts";
import type { Tree } from "../vfs/tree.ts";

const IFF_UP = 1;
const LINK_STATE_NOCARRIER = 1n << 2n;
const COUNTERS = [
  "rx_packets",
  "tx_packets",
  "rx_bytes",
  "tx_bytes",
  "rx_errors",
  "tx_errors",
  "rx_dropped",
  "tx_dropped",
  "multicast",
  "collisions",
  "rx_length_errors",
  "rx_over_errors",
  "rx_crc_errors",
  "rx_frame_errors",
  "rx_fifo_errors",
  "rx_missed_errors",
  "tx_aborted_errors",
  "tx_carrier_errors",
  "tx_fifo_errors",
  "tx_heartbeat_errors",
  "tx_window_errors",
] as const;
type Counter = (typeof COUNTERS)[number];
const OPERSTATES = ["unknown", "notpresent", "down", "lowerlayerdown", "testing", "dormant", "up"];

const macText = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(":");

/** Texts of a device's files, by name; each without its newline. */
const FILES: Readonly<Record<string, (k: Kernel, device: Address) => string>> = {
  address: (k, device) => macText(k.memory.bytes(view(k, device).dev_addr, addressLength(k, device))),
  addr_assign_type: (k, device) => `${view(k, device).addr_assign_type}`,
  addr_len: (k, device) => `${view(k, device).addr_len}`,
  broadcast: (k, device) =>
    macText(k.memory.bytes(device + k.offsetOf("net_device", "broadcast"), addressLength(k, device))),
  carrier(k, device) {
    if ((view(k, device).flags & IFF_UP) === 0) throw new Errno(EINVAL);
    return (view(k, device).state & LINK_STATE_NOCARRIER) === 0n ? "1" : "0";
  },
  flags: (k, device) => `0x${(view(k, device).flags >>> 0).toString(16)}`,
  ifindex: (k, device) => `${view(k, device).ifindex}`,
  mtu: (k, device) => `${view(k, device).mtu}`,
  operstate: (k, device) =>
    (view(k, device).flags & IFF_UP) === 0 ? "down" : (OPERSTATES[view(k, device).operstate] ?? "unknown"),
  tx_queue_len: (k, device) => `${view(k, device).tx_queue_len}`,
  type: (k, device) => `${view(k, device).type}`,
};

const view = (k: Kernel, device: Address) => k.struct("net_device", device);
const MAX_ADDR_LEN = 32;
const addressLength = (k: Kernel, device: Address): number =>
  Math.min(view(k, device).addr_len, MAX_ADDR_LEN);

const counter = (k: Kernel, device: Address, name: Counter): bigint =>
  BigInt.asUintN(64, BigInt(view(k, device).stats[name]));

/** Puts a device's files into its directory in sysfs. */
export const addDeviceFiles = (k: Kernel, device: Address): void => {
  const kobject = deviceKobject(k, device + k.offsetOf("net_device", "dev"));
  const add = (name: string, text: () => string, group?: string): void =>
    k.vfs.sysfs.addFile(kobject, {
      name,
      mode: 0o444,
      attribute: 0,
      ...(group === undefined ? {} : { group }),
      operations: textAttribute(k, () => `${text()}\n`),
    });
  for (const [name, text] of Object.entries(FILES)) add(name, () => text(k, device));
  k.vfs.sysfs.addGroup(kobject, "statistics");
  for (const name of COUNTERS) add(name, () => `${counter(k, device, name)}`, "statistics");
};

const HEAD = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`;

/** dev_seq_printf_stats() */
const line = (k: Kernel, name: ByteString, device: Address): string => {
  const n = (field: Counter): bigint => counter(k, device, field);
  const pad = (value: bigint, width: number): string => `${value}`.padStart(width);
  const compressed = (field: "rx_compressed" | "tx_compressed"): bigint =>
    BigInt(view(k, device).stats[field]);
  const receive = [
    pad(n("rx_bytes"), 7),
    pad(n("rx_packets"), 7),
    pad(n("rx_errors"), 4),
    pad(n("rx_dropped") + n("rx_missed_errors"), 4),
    pad(n("rx_fifo_errors"), 4),
    pad(n("rx_length_errors") + n("rx_over_errors") + n("rx_crc_errors") + n("rx_frame_errors"), 5),
    pad(compressed("rx_compressed"), 10),
    pad(n("multicast"), 9),
  ];
  const transmit = [
    pad(n("tx_bytes"), 8),
    pad(n("tx_packets"), 7),
    pad(n("tx_errors"), 4),
    pad(n("tx_dropped"), 4),
    pad(n("tx_fifo_errors"), 4),
    pad(n("collisions"), 5),
    pad(
      n("tx_carrier_errors") + n("tx_aborted_errors") + n("tx_window_errors") + n("tx_heartbeat_errors"),
      7,
    ),
    pad(compressed("tx_compressed"), 10),
  ];
  return `${name.padStart(6)}: ${receive.join(" ")} ${transmit.join(" ")}\n`;
};

const procNetDev = (k: Kernel): ByteString =>
  HEAD +
  k.net.devices
    .all()
    .map((device) => line(k, k.net.devices.nameOf(device), device))
    .join("");

export const populateNet = (k: Kernel, tree: Tree): void => {
  const show = hostText(() => procNetDev(k));
  tree.add(tree.directory("/proc/net"), "dev", tree.newSpecial(0o444, show));
  const showConnector = hostText(() => k.net.connector.list());
  tree.add(tree.directory("/proc/net"), "connector", tree.newSpecial(0o444, showConnector));
};
