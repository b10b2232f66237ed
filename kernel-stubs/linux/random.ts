/** include/linux/random.h and prandom.h: drivers/char/random.c from the run's seed, lib/random32.c as it is. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const CHUNK = 4096;

export const getRandomBytes = stub("void get_random_bytes(void *buf, size_t len)", (k, { buf, len }) => {
  for (let done = 0; done < len; done += CHUNK) {
    k.memory.write(buf + done, k.random.bytes(Math.min(CHUNK, len - done)));
  }
});

export const getRandomU8 = stub("u8 get_random_u8(void)", (k) => k.random.u32() & 0xff);
export const getRandomU16 = stub("u16 get_random_u16(void)", (k) => k.random.u32() & 0xffff);
export const getRandomU32 = stub("u32 get_random_u32(void)", (k) => k.random.u32());
export const getRandomU64 = stub("u64 get_random_u64(void)", (k) => k.random.u64());

/** 0 stands for the whole range. */
export const getRandomU32Below = stub("u32 __get_random_u32_below(u32 ceil)", (k, { ceil }) =>
  ceil === 0 ? k.random.u32() : k.random.below(ceil),
);

export const waitForRandomBytes = stub(
  "int wait_for_random_bytes(void)",
  { sleeps: true, fails: ["ERESTARTSYS"] },
  () => 0,
);
export const rngIsInitialized = stub("bool rng_is_initialized(void)", () => true);

/** What a guest adds changes nothing: a run is its seed. */
export const addDeviceRandomness = stub(
  "void add_device_randomness(const void *buf, size_t len)",
  (k, { buf, len }) => {
    if (len > 0) k.memory.u8(buf + len - 1);
  },
);
export const addHwgeneratorRandomness = stub(
  "void add_hwgenerator_randomness(const void *buf, size_t len, size_t entropy)",
  { sleeps: true },
  (k, { buf, len }) => {
    if (len > 0) k.memory.u8(buf + len - 1);
  },
);

/** Never called: the machine is not cloned. */
const VMFORK = { level: { partial: "the notifier is accepted; a snapshot tells nobody" } } as const;
export const registerRandomVmforkNotifier = stub(
  "int register_random_vmfork_notifier(struct notifier_block *nb)",
  { ...VMFORK, fails: ["EEXIST"], acquires: { notifier: "nb" } },
  () => 0,
);
export const unregisterRandomVmforkNotifier = stub(
  "int unregister_random_vmfork_notifier(struct notifier_block *nb)",
  { ...VMFORK, releases: { notifier: "nb" } },
  () => 0,
);

/** The four words of struct rnd_state: shift left, shift right, mask, shift of the masked. */
const TAUSWORTHE = [
  [6, 13, -2, 18],
  [2, 27, -8, 2],
  [13, 21, -16, 7],
  [3, 12, -128, 13],
] as const;

const nextOf = (k: Kernel, state: Address): number => {
  let result = 0;
  for (const [index, [left, right, mask, shift]] of TAUSWORTHE.entries()) {
    const word = k.memory.i32(state + index * 4);
    const next = ((word & mask) << shift) ^ (((word << left) ^ word) >>> right);
    k.memory.setU32(state + index * 4, next >>> 0);
    result ^= next;
  }
  return result >>> 0;
};

export const prandomU32State = stub("u32 prandom_u32_state(struct rnd_state *state)", (k, { state }) =>
  nextOf(k, state),
);

export const prandomBytesState = stub(
  "void prandom_bytes_state(struct rnd_state *state, void *buf, size_t bytes)",
  (k, { state, buf, bytes }) => {
    for (let at = 0; at < bytes; at += 4) {
      const word = nextOf(k, state);
      for (let byte = 0; byte < Math.min(4, bytes - at); byte++) {
        k.memory.setU8(buf + at + byte, (word >>> (byte * 8)) & 0xff);
      }
    }
  },
);

const SMALLEST = [2, 8, 16, 128];
const WARM_UP = 10;

/** One CPU: one state. */
export const prandomSeedFullState = stub(
  "void prandom_seed_full_state(struct rnd_state __percpu *pcpu_state)",
  (k, { pcpu_state }) => {
    const state = k.cpu.base + pcpu_state;
    for (const [index, smallest] of SMALLEST.entries()) {
      const seed = k.random.u32();
      k.memory.setU32(state + index * 4, seed < smallest ? seed + smallest : seed);
    }
    for (let round = 0; round < WARM_UP; round++) nextOf(k, state);
  },
);
