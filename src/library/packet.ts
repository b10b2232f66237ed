/** IPv4 packets made from what one would say of them, with right lengths and checksums. */
import { KoboxError } from "../base/errors.ts";
import { foldSum, partialSum } from "../kernel/net/checksum.ts";

/** A packet in words. */
export interface PacketSpec {
  /** "10.0.0.1", or "10.0.0.1:4000" with a port; 127.0.0.1 when left out. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** "udp" when left out; numbers as in /etc/protocols. */
  readonly protocol?: "icmp" | "tcp" | "udp" | number | undefined;
  /** What comes behind the headers. */
  readonly payload?: Uint8Array | undefined;
}

const NUMBERS = { icmp: 1, tcp: 6, udp: 17 } as const;
const IP_HEADER = 20;
const MAX_PACKET = 0xffff;
const MAX_PORT = 0xffff;
const ICMP_ECHO = 8;
const TCP_SYN = 0x02;
/** Lengths of the headers that come behind IPv4's. */
const HEADERS: Readonly<Record<number, number>> = { 1: 8, 6: 20, 17: 8 };
const CHECKSUM_AT: Readonly<Record<number, number>> = { 1: 2, 6: 16, 17: 6 };

interface Endpoint {
  readonly address: readonly number[];
  readonly port: number;
}

const endpoint = (text: string): Endpoint => {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?::(\d{1,5}))?$/.exec(text);
  const [a = 256, b = 256, c = 256, d = 256, port = 0] = (parts ?? [])
    .slice(1)
    .map((part) => Number(part ?? 0));
  const address = [a, b, c, d];
  if (address.some((byte) => byte > 255) || port > MAX_PORT) {
    throw new KoboxError("usage", `${text} is no IPv4 address`, { hint: "Write 10.0.0.1 or 10.0.0.1:4000." });
  }
  return { address, port };
};

const setU16 = (bytes: Uint8Array, at: number, value: number): void =>
  bytes.set([(value >> 8) & 0xff, value & 0xff], at);

/** Stores the checksum of `bytes` that includes an earlier sum; sums are in memory's order. */
const seal = (bytes: Uint8Array, at: number, start: number): void => {
  const sum = foldSum(partialSum(bytes, start));
  bytes.set([sum & 0xff, sum >> 8], at);
};

/** The sum of the addresses, the protocol and the length: what TCP and UDP put in front. */
const pseudoHeader = (from: Endpoint, to: Endpoint, protocol: number, length: number): number =>
  partialSum(Uint8Array.of(...from.address, ...to.address, 0, protocol, length >> 8, length & 0xff), 0);

const transport = (protocol: number, from: Endpoint, to: Endpoint, payload: Uint8Array): Uint8Array => {
  const header = HEADERS[protocol] ?? 0;
  const bytes = new Uint8Array(header + payload.length);
  bytes.set(payload, header);
  if (protocol === NUMBERS.icmp) bytes.set([ICMP_ECHO], 0);
  if (protocol === NUMBERS.tcp || protocol === NUMBERS.udp) {
    setU16(bytes, 0, from.port);
    setU16(bytes, 2, to.port);
  }
  if (protocol === NUMBERS.udp) setU16(bytes, 4, bytes.length);
  if (protocol === NUMBERS.tcp) bytes.set([(header / 4) << 4, TCP_SYN, 0xff, 0xff], 12);
  const checksum = CHECKSUM_AT[protocol];
  const over = protocol === NUMBERS.icmp ? 0 : pseudoHeader(from, to, protocol, bytes.length);
  if (checksum !== undefined) seal(bytes, checksum, over);
  return bytes;
};

/**
 * The packet's bytes, from the IPv4 header on: an echo request, the first segment of a connection, a
 * datagram, or the payload alone for other protocols. KoboxError "usage" for what is no packet.
 */
export const buildPacket = (spec: PacketSpec): Uint8Array => {
  const from = endpoint(spec.from ?? "127.0.0.1");
  const to = endpoint(spec.to ?? "127.0.0.1");
  const named = spec.protocol ?? "udp";
  const protocol = typeof named === "number" ? named : NUMBERS[named];
  if (protocol === undefined || protocol < 0 || protocol > 255) {
    throw new KoboxError("usage", `there is no protocol ${named}`, { hint: "icmp, tcp, udp, or a number." });
  }
  const body = transport(protocol, from, to, spec.payload ?? new Uint8Array(0));
  const packet = new Uint8Array(IP_HEADER + body.length);
  if (packet.length > MAX_PACKET) throw new KoboxError("usage", "the packet is longer than 65535 bytes");
  packet.set([0x45, 0, 0, 0, 0, 1, 0x40, 0, 64, protocol]);
  setU16(packet, 2, packet.length);
  packet.set([...from.address, ...to.address], 12);
  seal(packet.subarray(0, IP_HEADER), 10, 0);
  packet.set(body, IP_HEADER);
  return packet;
};
