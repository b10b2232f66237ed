// One figure, in a process of its own as in use: a second sandbox in a process is slower than the first.
// usage: figure.mjs NAME TIMES [ARGUMENT...]   (of dist/bench.js); prints nanoseconds.
const [name, times, ...rest] = process.argv.slice(2);
const inside = await import("../dist/bench.js");
process.stdout.write(`${inside[name](Number(times), ...rest)}\n`);
