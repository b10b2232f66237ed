/** include/linux/random.h: drivers/char/random.c, from the run's seed. */
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
