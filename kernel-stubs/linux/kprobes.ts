/** include/linux/kprobes.h, as kernel/kprobes.c does it. */
import type { Address } from "../../src/base/address.ts";
import { EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { registerAll } from "../registrations.ts";
import { stub } from "../../src/stub/declare.ts";

const FAILS = ["EINVAL", "ENOENT", "EILSEQ", "ENOMEM"] as const;
const LEVEL = { partial: "of the kernel's own functions only the entry can be hit" } as const;

const registerArray = (
  k: Kernel,
  array: Address,
  count: number,
  { register, unregister }: { register(one: Address): void; unregister(one: Address): void },
): number => {
  if (count <= 0) throw new Errno(EINVAL);
  const at = (index: number): Address => k.memory.pointer(array + index * 8);
  return registerAll({ count, at }, { add: register, remove: unregister });
};

const unregisterAll = (k: Kernel, array: Address, num: number, unregister: (one: Address) => void): void => {
  for (let index = 0; index < num; index += 1) unregister(k.memory.pointer(array + index * 8));
};

export const registerKprobe = stub(
  "int register_kprobe(struct kprobe *p)",
  { fails: FAILS, sleeps: true, acquires: { kprobe: "p" }, level: LEVEL },
  (k, { p }) => {
    k.probes.kprobes.register(p);
    return 0;
  },
);

export const unregisterKprobe = stub(
  "void unregister_kprobe(struct kprobe *p)",
  { sleeps: true, releases: { kprobe: "p" } },
  (k, { p }) => k.probes.kprobes.unregister(p),
);

export const registerKprobes = stub(
  "int register_kprobes(struct kprobe **kps, int num)",
  { fails: FAILS, sleeps: true, acquires: { kprobes: "kps" }, level: LEVEL },
  (k, { kps, num }) => registerArray(k, kps, num, k.probes.kprobes),
);

export const unregisterKprobes = stub(
  "void unregister_kprobes(struct kprobe **kps, int num)",
  { sleeps: true, releases: { kprobes: "kps" } },
  (k, { kps, num }) => unregisterAll(k, kps, num, k.probes.kprobes.unregister),
);

export const enableKprobe = stub(
  "int enable_kprobe(struct kprobe *kp)",
  { fails: ["EINVAL"], sleeps: true },
  (k, { kp }) => {
    k.probes.kprobes.enable(kp);
    return 0;
  },
);

export const disableKprobe = stub(
  "int disable_kprobe(struct kprobe *kp)",
  { fails: ["EINVAL"], sleeps: true },
  (k, { kp }) => {
    k.probes.kprobes.disable(kp);
    return 0;
  },
);

export const registerKretprobe = stub(
  "int register_kretprobe(struct kretprobe *rp)",
  { fails: [...FAILS, "E2BIG"], sleeps: true, acquires: { kretprobe: "rp" }, level: LEVEL },
  (k, { rp }) => {
    k.probes.kretprobes.register(rp);
    return 0;
  },
);

export const unregisterKretprobe = stub(
  "void unregister_kretprobe(struct kretprobe *rp)",
  { sleeps: true, releases: { kretprobe: "rp" } },
  (k, { rp }) => k.probes.kretprobes.unregister(rp),
);

export const registerKretprobes = stub(
  "int register_kretprobes(struct kretprobe **rps, int num)",
  { fails: [...FAILS, "E2BIG"], sleeps: true, acquires: { kretprobes: "rps" }, level: LEVEL },
  (k, { rps, num }) => registerArray(k, rps, num, k.probes.kretprobes),
);

export const unregisterKretprobes = stub(
  "void unregister_kretprobes(struct kretprobe **rps, int num)",
  { sleeps: true, releases: { kretprobes: "rps" } },
  (k, { rps, num }) => unregisterAll(k, rps, num, k.probes.kretprobes.unregister),
);

/** The kprobe handler of a kretprobe; a struct kretprobe begins with its kprobe. */
export const preHandlerKretprobe = stub(
  "int pre_handler_kretprobe(struct kprobe *p, struct pt_regs *regs)",
  function* (k, { p, regs }) {
    yield* k.probes.kretprobes.entered(p, regs);
    return 0;
  },
);
