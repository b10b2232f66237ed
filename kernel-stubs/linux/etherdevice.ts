/** include/linux/etherdevice.h, as net/ethernet/eth.c does it. */
import { EADDRNOTAVAIL, EBUSY } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { ETHERNET_ADDRESS, takeEthernetHeader } from "../../src/kernel/net/ethernet.ts";
import { stub } from "../../src/stub/declare.ts";
import { allocateNetDevice } from "../../src/kernel/net/net-device.ts";

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

/** A device that ether_setup() sets up, named when it is registered. */
export const allocEtherdevMqs = stub(
  "struct net_device *alloc_etherdev_mqs(int sizeof_priv, unsigned int txqs, unsigned int rxqs)",
  { fails: ["NULL"], sleeps: true, acquires: { "network device": "return" } },
  function* (k, { sizeof_priv, txqs, rxqs }) {
    const setup = k.symbols.address("ether_setup") ?? 0;
    return yield* allocateNetDevice(k, sizeof_priv, "eth%d", setup, [txqs, rxqs]);
  },
);
