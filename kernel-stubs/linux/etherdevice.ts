/** include/linux/etherdevice.h, inet.h and the checksums: net/ethernet/eth.c, net/core/utils.c, lib/checksum.c. */
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Address } from "../../src/base/address.ts";
import { foldSum, partialSum } from "../../src/kernel/net/checksum.ts";
import { stub } from "../../src/stub/declare.ts";

const ARPHRD_ETHER = 1;
const HEADER = 14;
const DATA = 1500;
const ADDRESS = 6;
// include/uapi/linux/if.h, include/linux/netdevice.h
const IFF_BROADCAST_MULTICAST = 0x1002;
const IFF_TX_SKB_SHARING = 1n << 16n;

export const etherSetup = stub("void ether_setup(struct net_device *dev)", (k, { dev }) => {
  const view = k.struct("net_device", dev);
  view.type = ARPHRD_ETHER;
  view.hard_header_len = HEADER;
  view.min_header_len = HEADER;
  view.mtu = DATA;
  view.min_mtu = 68;
  view.max_mtu = DATA;
  view.addr_len = ADDRESS;
  view.tx_queue_len = 1000;
  view.flags = IFF_BROADCAST_MULTICAST;
  view.priv_flags |= IFF_TX_SKB_SHARING;
  k.memory.fill(dev + k.offsetOf("net_device", "broadcast"), 0xff, ADDRESS);
});

// include/uapi/linux/if_packet.h
const PACKET_BROADCAST = 1;
const PACKET_MULTICAST = 2;
const PACKET_OTHERHOST = 3;
const ETH_P_802_3_MIN = 0x600;
const ETH_P_802_2 = 0x0400;

/** For whom a frame is, by its first bytes. */
const packetType = (k: Kernel, header: Address, device: Address): number | undefined => {
  const to = k.memory.bytes(header, ADDRESS).slice();
  const own = k.memory.bytes(k.struct("net_device", device).dev_addr, ADDRESS);
  if (to.every((byte, index) => byte === own[index])) return undefined;
  if (((to[0] ?? 0) & 1) === 0) return PACKET_OTHERHOST;
  return to.every((byte) => byte === 0xff) ? PACKET_BROADCAST : PACKET_MULTICAST;
};

export const ethTypeTrans = stub(
  "__be16 eth_type_trans(struct sk_buff *skb, struct net_device *dev)",
  (k, { skb, dev }) => {
    const view = k.struct("sk_buff", skb);
    const header: Address = view.data;
    view.dev = dev;
    view.mac_header = header - view.head;
    view.data = (header + HEADER) as typeof view.data;
    view.len -= HEADER;
    const type = packetType(k, header, dev);
    if (type !== undefined) view.pkt_type = type;
    const [high, low] = [k.memory.u8(header + 12), k.memory.u8(header + 13)];
    const protocol = (high << 8) | low;
    // Shorter numbers are lengths: an 802.2 frame, in network order.
    return protocol >= ETH_P_802_3_MIN ? (low << 8) | high : ((ETH_P_802_2 & 0xff) << 8) | (ETH_P_802_2 >> 8);
  },
);

/** Errors are parts of 0: "1.2" is 1.2.0.0. */
export const inAton = stub("__be32 in_aton(const char *str)", (k, { str }) => {
  const parts = k.memory.cstring(str).split(".");
  return [0, 1, 2, 3].reduce(
    (value, index) => value + (Number.parseInt(parts[index] ?? "0", 10) & 0xff) * 2 ** (index * 8),
    0,
  );
});

export const csumPartial = stub(
  "__wsum csum_partial(const void *buff, int len, __wsum sum)",
  (k, { buff, len, sum }) => (len <= 0 ? sum : partialSum(k.memory.bytes(buff, len), sum)),
);

export const ipComputeCsum = stub("__sum16 ip_compute_csum(const void *buff, int len)", (k, { buff, len }) =>
  len <= 0 ? 0xffff : foldSum(partialSum(k.memory.bytes(buff, len), 0)),
);

export const ipSendCheck = stub("void ip_send_check(struct iphdr *iph)", (k, { iph }) => {
  const view = k.struct("iphdr", iph);
  view.check = 0;
  view.check = foldSum(partialSum(k.memory.bytes(iph, view.ihl * 4), 0));
});
