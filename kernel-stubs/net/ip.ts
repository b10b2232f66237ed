/** include/net/ip.h, as net/ipv4/ip_output.c does it. */
import { foldSum, partialSum } from "../../src/kernel/net/checksum.ts";
import { stub } from "../../src/stub/declare.ts";

export const ipSendCheck = stub("void ip_send_check(struct iphdr *iph)", (k, { iph }) => {
  const view = k.struct("iphdr", iph);
  view.check = 0;
  view.check = foldSum(partialSum(k.memory.bytes(iph, view.ihl * 4), 0));
});
