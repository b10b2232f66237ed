/** include/linux/ethtool.h, as net/ethtool/common.c does it. */
import { stub } from "../../src/stub/declare.ts";

/** What libphy does for ethtool; NULL takes it away. */
export const ethtoolSetEthtoolPhyOps = stub(
  "void ethtool_set_ethtool_phy_ops(const struct ethtool_phy_ops *ops)",
  { sleeps: true, level: { partial: "nobody asks over ethtool" } },
  (k, { ops }) => {
    const { own } = k.net.families;
    if (ops === 0) own.delete("ethtool_phy_ops");
    else own.set("ethtool_phy_ops", ops);
  },
);
