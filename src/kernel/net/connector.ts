/** The connector: messages between user space and whoever has registered for them (drivers/connector). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { EINVAL, ENODEV, ENOMEM, ESRCH } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import type { Netlink } from "./netlink.ts";
import { packetSkb } from "./skb.ts";

/** struct cb_id */
export interface ConnectorId {
  readonly idx: number;
  readonly val: number;
}
interface Entry extends ConnectorId {
  readonly name: ByteString;
  readonly callback: Address;
}
interface Destination {
  readonly port: number;
  readonly group: number;
  readonly gfp: number;
}

export interface Connector {
  /** cn_add_callback(): ENOMEM, EINVAL when somebody has the id. */
  add(entry: Entry): void;
  /** cn_del_callback() */
  remove(id: ConnectorId): void;
  /** What identifies a registration as long as there is one: its struct cn_callback_entry. */
  find(id: ConnectorId): Address | undefined;
  /** cn_netlink_send_mult(): a struct cn_msg with `length` bytes of data. ENODEV, ESRCH, ECONNREFUSED. */
  send(message: Address, length: number, to: Destination): number;
  /** /proc/net/connector */
  list(): ByteString;
}

const NETLINK_CONNECTOR = 11;
const NLMSG_DONE = 3;
const NLMSG_HEADER = 16;
/** CN_NETLINK_USERS + 0xf */
const GROUPS = 26;
const MAX_MESSAGE = 16384;
const CN_MSG = { IDX: 0, VAL: 4, SEQ: 8, LEN: 16, SIZE: 20 } as const;
const ENTRY_SIZE = 88;
const MAX_NAME = 31;

/** The kernel's own: what becomes of processes. Nobody asks it to tell. */
const PROCESS_EVENTS: Entry = { idx: 1, val: 1, name: "cn_proc", callback: 0 };

export const idAt = (k: Kernel, at: Address): ConnectorId => ({
  idx: k.memory.u32(at),
  val: k.memory.u32(at + 4),
});

/** The bytes of a netlink message that holds the connector's. */
const wrap = (sequence: number, body: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(NLMSG_HEADER + Math.ceil(body.length / 4) * 4);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, NLMSG_HEADER + body.length, true);
  view.setUint16(4, NLMSG_DONE, true);
  view.setUint32(8, sequence, true);
  bytes.set(body, NLMSG_HEADER);
  return bytes;
};

export const createConnector = (k: Kernel, netlink: Netlink): Connector => {
  const entries: JournalMap<Address, Entry> = k.journal.map();
  const state = { sock: 0 };
  const all = (): (readonly [Address, Entry])[] => [[0, PROCESS_EVENTS], ...entries.entries()];
  const find = ({ idx, val }: ConnectorId): readonly [Address, Entry] | undefined =>
    all().find(([, each]) => each.idx === idx && each.val === val);

  /** cn_rx_skb(), cn_call_callback() */
  function* receive(skb: Address): Routine<number> {
    const { data, len } = k.struct("sk_buff", skb);
    if (len < NLMSG_HEADER) return 0;
    const whole = k.memory.u32(data);
    const body = whole - NLMSG_HEADER;
    if (body < CN_MSG.SIZE || len < whole || body > MAX_MESSAGE) return 0;
    const message = data + NLMSG_HEADER;
    if (body < CN_MSG.SIZE + k.memory.u16(message + CN_MSG.LEN)) return 0;
    const callback = find(idAt(k, message))?.[1].callback ?? 0;
    if (callback !== 0) yield* k.call(callback, message, skb + k.offsetOf("sk_buff", "cb"));
    return 0;
  }
  const socket = (): Address => {
    if (state.sock !== 0) return state.sock;
    const input = k.hostCode.address("cn_rx_skb", (skb = 0) => receive(skb));
    const sock = netlink.create(NETLINK_CONNECTOR, { input, groups: GROUPS });
    k.journal.touch(state).sock = sock;
    return sock;
  };
  return {
    add(entry) {
      socket();
      if (find(entry) !== undefined) throw new Errno(EINVAL);
      const made = k.heap.internal(new Uint8Array(ENTRY_SIZE));
      if (made === 0) throw new Errno(ENOMEM);
      entries.set(made, { ...entry, name: entry.name.slice(0, MAX_NAME) });
    },
    remove(id) {
      const at = find(id)?.[0] ?? 0;
      if (at === 0) return;
      entries.delete(at);
      k.heap.kfree(at);
    },
    find: (id) => find(id)?.[0],
    send(message, length, { port, group: wanted, gfp }) {
      const sock = socket();
      const known = find(idAt(k, message))?.[1];
      if (port === 0 && wanted === 0 && known === undefined) throw new Errno(ENODEV);
      const group = port === 0 && wanted === 0 ? (known?.idx ?? 0) : wanted;
      if (port === 0 && !netlink.hasListeners(sock, group)) throw new Errno(ESRCH);
      const bytes = wrap(k.memory.u32(message + CN_MSG.SEQ), k.memory.bytes(message, CN_MSG.SIZE + length));
      const skb = packetSkb(k, bytes, { device: 0, protocol: 0, gfp });
      if (skb === 0) throw new Errno(ENOMEM);
      if (group === 0) return netlink.unicast(sock, skb, port);
      netlink.broadcast(sock, skb, port, group);
      return 0;
    },
    list: () =>
      `Name            ID\n${all()
        .map(([, { name, idx, val }]) => `${name.padEnd(15)} ${idx}:${val}\n`)
        .join("")}`,
  };
};
