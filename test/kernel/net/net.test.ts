/** Packets from outside, against what the recorded kernel logged when ping sent the same ones. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { foldSum, partialSum } from "../../../src/kernel/net/checksum.ts";
import { ARRIVING } from "../../../src/kernel/net/net.ts";
import { type Sandbox, boot } from "../../../src/sandbox.ts";

/** Hooks that a packet from this machine to itself passes. */
const LOOPING = ["LOCAL_OUT", "POST_ROUTING", ...ARRIVING] as const;

const FOLDER = new URL("../../truth/probes/", import.meta.url);

interface Step {
  readonly op: string;
  readonly dmesg?: readonly string[];
}

/** Log lines of a recorded job that its module wrote, by step. */
const recorded = (job: string, prefix: string): string[][] => {
  const lines = readFileSync(new URL("net.jsonl", FOLDER), "utf8").trim().split("\n");
  const found = lines
    .map((line) => JSON.parse(line) as { job: string; steps: Step[] })
    .find((one) => one.job === job);
  return (found?.steps ?? []).map(({ dmesg = [] }) =>
    dmesg
      .map((line) => line.replace(/^<\d>/, ""))
      .filter((line) => line.startsWith(prefix) && !/taint/.test(line)),
  );
};

const start = (prefix: string): { sandbox: Sandbox; take: () => string[] } => {
  const lines: string[] = [];
  const onRecord = ({ text }: { text: string }): void => {
    if (text.startsWith(prefix) && !/taint/.test(text)) lines.push(text);
  };
  return { sandbox: boot({ onRecord }), take: () => lines.splice(0) };
};

const IDENTITY = { comm: "init", argv: ["init"] };

/** What ping sends: 20 bytes of IPv4, 8 of ICMP, 56 of data, from 127.0.0.1 to itself. */
const ping = (type: number): Uint8Array => {
  const packet = new Uint8Array(84);
  packet.set([0x45, 0, 0, 84, 0, 1, 0x40, 0, 64, 1, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1, type]);
  const sum = foldSum(partialSum(packet.subarray(0, 20), 0));
  packet.set([sum & 0xff, sum >> 8], 10);
  return packet;
};

it("netfilter hooks see a ping as on the real kernel, in order of priority; verdicts are seen", () => {
  const { sandbox, take } = start("nf: ");
  const steps = recorded("netfilter", "nf: ");
  const verdicts: string[] = [];
  const { kernel: k } = sandbox;
  sandbox.run(IDENTITY, function* (sys) {
    yield* sys.initModule(readFileSync(new URL("nf.ko", FOLDER)), "");
    expect(take()).toEqual(steps[0]);
    for (const type of [8, 0]) verdicts.push((yield* k.net.inject(ping(type), LOOPING, "lo")).verdict);
    expect(take()).toEqual(steps[2]);
    const drop = yield* sys.open("/sys/module/nf/parameters/drop", 1);
    yield* sys.write(drop, Uint8Array.of(0x31));
    verdicts.push((yield* k.net.inject(ping(8), LOOPING, "lo")).verdict);
    expect(take()).toEqual(steps[4]);
    yield* sys.deleteModule("nf", 0);
    verdicts.push((yield* k.net.inject(ping(8), LOOPING, "lo")).verdict);
    expect(take()).toEqual([]);
    return 0;
  });
  expect(verdicts).toEqual(["ACCEPT", "ACCEPT", "DROP", "ACCEPT"]);
  expect(k.findings.all().filter(({ severity }) => severity === "error")).toEqual([]);
  sandbox.close();
});

it("a network device is brought up, sends, and is taken down when its module goes", () => {
  const { sandbox, take } = start("netdev: ");
  const steps = recorded("netdev", "netdev: ");
  const { kernel: k } = sandbox;
  sandbox.run(IDENTITY, function* (sys) {
    yield* sys.initModule(readFileSync(new URL("netdev.ko", FOLDER)), "");
    expect(take()).toEqual(steps[0]);
    const device = k.net.devices.find("kb0") ?? 0;
    yield* k.net.devices.open(device);
    const frame = new Uint8Array(60);
    frame.set([0x86, 0xdd], 12);
    yield* k.net.devices.transmit(device, frame);
    expect(take()).toEqual(steps[2]);
    expect(k.struct("net_device", device).stats.tx_packets).toBe(1n);
    expect(k.struct("net_device", device).stats.tx_bytes).toBe(60n);
    yield* sys.deleteModule("netdev", 0);
    expect(take()).toEqual(steps[3]);
    expect(k.net.devices.find("kb0")).toBeUndefined();
    return 0;
  });
  sandbox.close();
});

it("checksums fold as RFC 1071 has them", () => {
  const data = Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7);
  const sum = foldSum(partialSum(data, 0));
  // The example's sum is ddf2 in network order.
  expect(((sum & 0xff) << 8) | (sum >> 8)).toBe(~0xddf2 & 0xffff);
  expect(foldSum(partialSum(data.subarray(0, 3), 0))).toBe(
    foldSum(partialSum(Uint8Array.of(0x00, 0x01, 0xf2, 0), 0)),
  );
});
