/** include/linux/etherdevice.h, inet.h and the checksums: net/ethernet/eth.c, net/core/utils.c, lib/checksum.c. */
import { EADDRNOTAVAIL, EBUSY } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { foldSum, partialSum } from "../../src/kernel/net/checksum.ts";
import { ETHERNET_ADDRESS, ETHERNET_HEADER, takeEthernetHeader } from "../../src/kernel/net/ethernet.ts";
import { stub } from "../../src/stub/declare.ts";

const ARPHRD_ETHER = 1;
const DATA = 1500;
// include/uapi/linux/if.h, include/linux/netdevice.h
const IFF_BROADCAST_MULTICAST = 0x1002;
const IFF_TX_SKB_SHARING = 1n << 16n;

export const etherSetup = stub("void ether_setup(struct net_device *dev)", (k, { dev }) => {
  const view = k.struct("net_device", dev);
  view.type = ARPHRD_ETHER;
  view.hard_header_len = ETHERNET_HEADER;
  view.min_header_len = ETHERNET_HEADER;
  view.mtu = DATA;
  view.min_mtu = 68;
  view.max_mtu = DATA;
  view.addr_len = ETHERNET_ADDRESS;
  view.tx_queue_len = 1000;
  view.flags = IFF_BROADCAST_MULTICAST;
  view.priv_flags |= IFF_TX_SKB_SHARING;
  k.memory.fill(dev + k.offsetOf("net_device", "broadcast"), 0xff, ETHERNET_ADDRESS);
});

export const ethTypeTrans = stub(
  "__be16 eth_type_trans(struct sk_buff *skb, struct net_device *dev)",
  (k, { skb, dev }) => takeEthernetHeader(k, skb, dev),
);

/** Errno EADDRNOTAVAIL for an address of a group, or none. */
const checkAddress = (bytes: Uint8Array): void => {
  if (((bytes[0] ?? 0) & 1) !== 0 || bytes.every((byte) => byte === 0)) throw new Errno(EADDRNOTAVAIL);
};

export const ethValidateAddr = stub(
  "int eth_validate_addr(struct net_device *dev)",
  { fails: ["EADDRNOTAVAIL"] },
  (k, { dev }) => {
    checkAddress(k.memory.bytes(k.struct("net_device", dev).dev_addr, ETHERNET_ADDRESS));
    return 0;
  },
);

const IFF_LIVE_ADDR_CHANGE = 1n << 15n;
const IFF_UP = 1;

/** `p` is a struct sockaddr: the address lies behind its family. */
export const ethMacAddr = stub(
  "int eth_mac_addr(struct net_device *dev, void *p)",
  { fails: ["EBUSY", "EADDRNOTAVAIL"] },
  (k, { dev, p }) => {
    const view = k.struct("net_device", dev);
    if ((view.priv_flags & IFF_LIVE_ADDR_CHANGE) === 0n && (view.flags & IFF_UP) !== 0)
      throw new Errno(EBUSY);
    const bytes = k.memory.bytes(p + 2, ETHERNET_ADDRESS).slice();
    checkAddress(bytes);
    k.memory.write(view.dev_addr, bytes);
    return 0;
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
