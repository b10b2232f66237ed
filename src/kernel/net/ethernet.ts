/** Ethernet's header (net/ethernet/eth.c). */
import type { Address } from "../../base/address.ts";
import type { Kernel } from "../kernel.ts";

export const ETHERNET_HEADER = 14;
export const ETHERNET_ADDRESS = 6;

// include/uapi/linux/if_packet.h
const PACKET_BROADCAST = 1;
const PACKET_MULTICAST = 2;
const PACKET_OTHERHOST = 3;
const ETH_P_802_3_MIN = 0x600;
const ETH_P_802_2 = 0x0400;

/** For whom a frame is, by its first bytes; undefined: for this machine. */
const packetType = (k: Kernel, header: Address, device: Address): number | undefined => {
  const to = k.memory.bytes(header, ETHERNET_ADDRESS).slice();
  const own = k.memory.bytes(k.struct("net_device", device).dev_addr, ETHERNET_ADDRESS);
  if (to.every((byte, index) => byte === own[index])) return undefined;
  if (((to[0] ?? 0) & 1) === 0) return PACKET_OTHERHOST;
  return to.every((byte) => byte === 0xff) ? PACKET_BROADCAST : PACKET_MULTICAST;
};

/** eth_type_trans(): takes the header off; the protocol in network order, as it lies in memory. */
export const takeEthernetHeader = (k: Kernel, skb: Address, device: Address): number => {
  const view = k.struct("sk_buff", skb);
  const header: Address = view.data;
  view.dev = device as typeof view.dev;
  view.mac_header = header - view.head;
  view.data = (header + ETHERNET_HEADER) as typeof view.data;
  view.len -= ETHERNET_HEADER;
  const type = packetType(k, header, device);
  if (type !== undefined) view.pkt_type = type;
  const [high, low] = [k.memory.u8(header + 12), k.memory.u8(header + 13)];
  // Shorter numbers are lengths: an 802.2 frame.
  if (((high << 8) | low) >= ETH_P_802_3_MIN) return (low << 8) | high;
  return ((ETH_P_802_2 & 0xff) << 8) | (ETH_P_802_2 >> 8);
};
