/** `kobox inject`, `kobox link` and `kobox netlink`: packets, cables and messages at the prompt. */
import { Errno, KoboxError } from "../../base/errors.ts";
import { ENODEV } from "../../base/errno.ts";
import { strerror } from "../../base/strerror.ts";
import { ARRIVING, type HookName } from "../../kernel/net/net.ts";
import { HOOK } from "../../kernel/net/netfilter.ts";
import type { Routine } from "../../kernel/routine.ts";
import { type PacketSpec, buildPacket } from "../../library/packet.ts";
import type { Sandbox } from "../../sandbox.ts";
import { parseOptions, usageFailure } from "./options.ts";
import { type ProgramCall, ProgramFailure } from "./program.ts";

const INJECT = "inject [-h HOOK]... [-i DEVICE] [-p PROTOCOL] [-x] [FROM [TO [TEXT | hex:BYTES]]]";
const LINK = "link [DEVICE [up | down | send hex:BYTES | received]]";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** Bytes in hexadecimal behind "hex:", or text. */
const payload = (word: string): Uint8Array => {
  if (!word.startsWith("hex:")) return Buffer.from(word, "latin1");
  if (!/^hex:([0-9a-fA-F]{2})*$/.test(word)) throw new ProgramFailure(`invalid bytes '${word}'`);
  return Buffer.from(word.slice(4), "hex");
};

const hookNamed = (word: string): HookName => {
  const name = word.toUpperCase().replaceAll("-", "_");
  if (Object.hasOwn(HOOK, name)) return name as HookName;
  throw new ProgramFailure(`invalid hook '${word}': ${Object.keys(HOOK).join(" ")}`);
};

const protocolOf = (word: string | undefined): PacketSpec["protocol"] =>
  word !== undefined && /^\d+$/.test(word) ? Number(word) : (word as PacketSpec["protocol"]);

const packetOf = (spec: PacketSpec): Uint8Array => {
  try {
    return buildPacket(spec);
  } catch (error) {
    if (error instanceof KoboxError) throw new ProgramFailure(error.message);
    throw error;
  }
};

/** kobox inject: what becomes of a packet; 1 when it does not get through. */
export function* inject({ kernel }: Sandbox, { out }: ProgramCall, args: readonly string[]): Routine<number> {
  const options = parseOptions(["kobox", ...args], { letters: "h:i:p:x", usage: INJECT });
  const [from, to, text = "", more] = options.rest;
  if (more !== undefined) throw usageFailure("kobox", INJECT);
  const chosen = options.values("h").map(hookNamed);
  const protocol = protocolOf(options.value("p"));
  const packet = packetOf({ from, to, protocol, payload: payload(text) });
  const device = options.value("i") ?? "lo";
  try {
    const { verdict, bytes } = yield* kernel.net.inject(
      packet,
      chosen.length > 0 ? chosen : ARRIVING,
      device,
    );
    yield* out.print(`${verdict}\n`);
    if (options.has("x")) yield* out.print(`${hex(bytes)}\n`);
    return verdict === "ACCEPT" ? 0 : 1;
  } catch (error) {
    throw deviceFailure(error, device);
  }
}

const deviceFailure = (error: unknown, device: string): unknown => {
  if (!(error instanceof Errno)) return error;
  return new ProgramFailure(
    error.errno === ENODEV ? `there is no network device ${device}` : `${device}: error ${error.errno}`,
  );
};

const FLAG_UP = 1;

/** A line a device: name, whether it is up, what it has counted. */
const show = (sandbox: Sandbox, device: number): string => {
  const { flags, mtu, stats } = sandbox.kernel.struct("net_device", device);
  const name = sandbox.kernel.net.devices.nameOf(device);
  const counts = `rx ${stats.rx_packets}/${stats.rx_bytes} tx ${stats.tx_packets}/${stats.tx_bytes}`;
  return `${name}: ${(flags & FLAG_UP) === 0 ? "down" : "up"} mtu ${mtu} ${counts}\n`;
};

/** kobox link: network devices, and what the other end of their cables does and sees. */
export function* link(sandbox: Sandbox, { out }: ProgramCall, args: readonly string[]): Routine<number> {
  const { devices } = sandbox.kernel.net;
  const [name, verb, word] = args;
  const chosen = name === undefined ? devices.all() : [devices.find(name)];
  for (const device of chosen) {
    if (device === undefined) throw new ProgramFailure(`there is no network device ${name}`);
    try {
      if (verb === undefined) yield* out.print(show(sandbox, device));
      else if (verb === "up") yield* devices.open(device);
      else if (verb === "down") yield* devices.close(device);
      else if (verb === "send" && word !== undefined) yield* devices.transmit(device, payload(word));
      else if (verb === "received") {
        for (const frame of sandbox.kernel.net.receiver.take(device)) yield* out.print(`${hex(frame)}\n`);
      } else throw usageFailure("kobox", LINK);
    } catch (error) {
      throw deviceFailure(error, devices.nameOf(device));
    }
  }
  return 0;
}

const NETLINK = "netlink PROTOCOL [hex:BYTES | TEXT]...";

/** kobox netlink: sends messages to a module's netlink socket, and prints what comes back, a line each. */
export function* netlink(
  { kernel }: Sandbox,
  { out }: ProgramCall,
  args: readonly string[],
): Routine<number> {
  const [protocol = "", ...messages] = args;
  if (!/^\d+$/.test(protocol)) throw usageFailure("kobox", NETLINK);
  const port = kernel.net.netlink.open(Number(protocol), 0, 0);
  try {
    for (const message of messages) yield* kernel.net.netlink.send(port, payload(message));
    for (
      let answer = kernel.net.netlink.receive(port);
      answer !== undefined;
      answer = kernel.net.netlink.receive(port)
    )
      yield* out.print(`${hex(answer)}\n`);
  } catch (error) {
    if (error instanceof Errno) throw new ProgramFailure(`netlink: ${strerror(error.errno)}`);
    throw error;
  } finally {
    kernel.net.netlink.close(port);
  }
  return 0;
}
