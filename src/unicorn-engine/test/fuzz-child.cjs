// Calls the addon's functions with random values, seed after seed; ends with status 0 unless it crashes.
// usage: node fuzz-child.cjs ADDON SEED ROUNDS
const [, , path, seedText, roundsText] = process.argv;
const addon = require(path);

let state = Number(seedText) >>> 0;
const random = (limit) => {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
};
const pick = (list) => list[random(list.length)];

const hostile = {
  valueOf() {
    throw new Error("valueOf");
  },
  toString() {
    throw new Error("toString");
  },
};
const NUMBERS = [
  0,
  -0,
  1,
  -1,
  2,
  3,
  6,
  7,
  4095,
  4096,
  65536,
  1 << 20,
  2 ** 31,
  2 ** 32,
  2 ** 32 + 4096,
  2 ** 53,
  -(2 ** 63),
  2 ** 63,
  1e308,
  -1e308,
  0.5,
  Number.NaN,
  Infinity,
  -Infinity,
];
const BIGINTS = [
  0n,
  1n,
  -1n,
  4096n,
  0xffffffffc0000000n,
  2n ** 63n,
  2n ** 64n - 1n,
  2n ** 64n,
  -(2n ** 64n),
  10n ** 40n,
];
const value = () =>
  pick([
    () => pick(NUMBERS),
    () => pick(NUMBERS),
    () => pick(BIGINTS),
    () => random(1 << 20) * 4096,
    () => BigInt(random(2 ** 31)) * 4096n,
    () => undefined,
    () => null,
    () => pick([true, false]),
    () => pick(["", "0", "4096", "x".repeat(100_000), "\0"]),
    () => Symbol("s"),
    () => () => engines[0],
    () => hostile,
    () => [],
    () => ({ ramSize: 4096 }),
    () => new Uint8Array(8),
    () => new ArrayBuffer(0),
    () => new SharedArrayBuffer(8),
    () => Object.freeze([1, 2]),
    () =>
      new Proxy(
        {},
        {
          get: () => {
            throw new Error("proxy");
          },
        },
      ),
    () => pick(engines),
    () => addon,
    () => new Date(0),
  ])();

const engines = [];
const handles = [];
const attempt = (act) => {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return undefined;
  }
};

const views = (engine) => Object.values(engine).filter((part) => part instanceof ArrayBuffer);

const scribble = (engine) => {
  const buffer = pick(views(engine));
  const bytes = new Uint8Array(buffer);
  if (random(3) === 0) bytes.fill(random(256));
  else for (let count = random(64); count > 0; count -= 1) bytes[random(bytes.length)] = random(256);
};

/** Page tables that make sense here and there, so that random code gets somewhere. */
const mapSomething = (engine) => {
  const entries = new BigUint64Array(engine.ram, 0, Math.floor(engine.ram.byteLength / 8));
  if (entries.length < 3072) return;
  for (const [table, index, entry] of [
    [1, 511, 0x2003n],
    [2, 511, 0x3003n],
    [3, 0, 0x4003n],
  ])
    entries[table * 512 + index] = entry;
  for (let page = 0; page < 16; page += 1)
    entries[2048 + page] = BigInt(random(64) * 4096) | BigInt(random(8) * 2) | 1n;
};

const run = (engine) => {
  const counters = new Float64Array(engine.counters);
  const registers = new BigUint64Array(engine.registers);
  counters[0] = 0;
  counters[2] = pick([0, 1, 100, 10_000]);
  counters[3] = Number(process.hrtime.bigint()) / 1e6 + 100;
  if (random(2) === 0) registers[16] = 0xffffffffc0000000n + BigInt(random(1 << 16));
  if (random(4) === 0) registers[17] = BigInt(random(2 ** 22));
  engine.resume(random(4));
};

const call = (engine) => {
  const name = pick(Object.keys(engine).filter((key) => typeof engine[key] === "function"));
  if (name === "resume") return run(engine);
  if (name === "close" && random(10) !== 0) return undefined;
  const args = Array.from({ length: random(6) }, value);
  return pick([
    () => engine[name](...args),
    () => engine[name].call(value(), ...args),
    () => Reflect.construct(engine[name], args),
  ])();
};

/** The addon's own functions but quit, which would. */
const callAddon = () => {
  const args = random(3) === 0 ? [pick([path, __dirname, "/dev/zero", "/none"])] : [value()];
  const made = attempt(() => addon[pick(["mapText", "mapFile"])](...args));
  if (made !== undefined) handles.push(made);
};

const step = () => {
  if (random(30) === 0) return callAddon();
  if (engines.length === 0 || random(60) === 0) {
    const size = random(2) === 0 ? 65536 * (1 + random(16)) : value();
    // The largest ones only cost time.
    const made = attempt(() =>
      addon.createEngine(typeof size === "number" && size > 1 << 24 ? 1 << 24 : size, pick([0, 1, value()])),
    );
    if (made !== undefined) engines.push(made);
    if (engines.length > 6) engines.splice(random(engines.length), 1);
    return undefined;
  }
  const engine = pick(engines);
  const act = random(10);
  if (act === 0) scribble(engine);
  else if (act === 1) mapSomething(engine);
  else if (act === 2) attempt(() => engine.setControl(0, 4096n));
  else if (act === 3) handles.push(pick(Object.values(engine)));
  else attempt(() => call(engine));
  if (handles.length > 20) handles.length = 0;
  return undefined;
};

const main = async () => {
  for (let round = 0; round < Number(roundsText); round += 1) {
    step();
    if (round % 500 === 0) {
      globalThis.gc?.();
      await new Promise(setImmediate);
    }
  }
};
main().then(() => process.exit(0));
