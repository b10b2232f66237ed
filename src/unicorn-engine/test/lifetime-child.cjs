// Engines over time. usage: node --expose-gc lifetime-child.cjs ADDON gc | close | workers | worker-only
const { Worker, isMainThread, workerData } = require("node:worker_threads");

const work = (path, count) => {
  const addon = require(path);
  for (let index = 0; index < count; index += 1) {
    const engine = addon.createEngine(1 << 20, 0);
    new Uint8Array(engine.ram).set([0xb8, index & 0x7f, 0, 0, 0, 0xf4], 4096);
    const registers = new BigUint64Array(engine.registers);
    registers[16] = 4096n;
    registers[17] = 2n;
    if (engine.resume(1) !== 0 || registers[0] !== BigInt(index & 0x7f)) throw new Error("wrong result");
    engine.snapshotTake();
    engine.snapshotRestore();
    // A crash on this thread must stay on it.
    if (index % 10 === 0) {
      new Uint8Array(engine.ram).set([0xf0, 0x0f, 0xa3, 0xc3, 0xf4], 8192);
      registers[16] = 8192n;
      engine.resume(1);
    }
    if (index % 3 === 0) engine.close();
  }
};

const megabytes = () => process.memoryUsage().rss / 2 ** 20;
const rest = () => new Promise(setImmediate);

const collect = async (path, close) => {
  const addon = require(path);
  const make = () => {
    const engine = addon.createEngine(32 << 20, 0);
    new Uint8Array(engine.ram).fill(1, 0, 2 << 20);
    if (close) engine.close();
    return engine;
  };
  for (let index = 0; index < 20; index += 1) make();
  globalThis.gc();
  await rest();
  const before = megabytes();
  for (let index = 0; index < 150; index += 1) {
    make();
    // What is closed gives its memory back at once, without a turn of the event loop.
    if (!close && index % 10 === 9) {
      globalThis.gc();
      await rest();
    }
  }
  console.log(JSON.stringify({ grown: Math.round(megabytes() - before) }));
};

const spawn = (path, count) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(__filename, { workerData: { path, count } });
    worker.on("error", reject);
    worker.on("exit", resolve);
  });

const main = async ([, , path, kind]) => {
  if (kind === "gc" || kind === "close") return collect(path, kind === "close");
  const codes = await Promise.all([1, 2, 3, 4].map(() => spawn(path, 25)));
  if (kind === "workers") work(path, 25);
  // Signals still find a handler after the last thread that had the addon is gone.
  const module = Buffer.from(
    "0061736d01000000010601600 17f017f0302010005030100010705010166 00000a0901070020002802000b".replaceAll(
      " ",
      "",
    ),
    "hex",
  );
  const { instance } = await WebAssembly.instantiate(module);
  let trapped = "";
  try {
    instance.exports.f(0x7fffffff);
  } catch (error) {
    trapped = error.message;
  }
  console.log(JSON.stringify({ codes, trapped }));
};

if (isMainThread) void main(process.argv);
else work(workerData.path, workerData.count);
