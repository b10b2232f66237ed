/** SHA-256's compression, for states that lie in guest memory and that their owners set up themselves. */
const isPrime = (n: number): boolean => {
  for (let divisor = 2; divisor * divisor <= n; divisor += 1) if (n % divisor === 0) return false;
  return true;
};

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4). */
const constants = (): Uint32Array => {
  const words = new Uint32Array(64);
  for (let prime = 2, index = 0; index < 64; prime += 1) {
    if (!isPrime(prime)) continue;
    words[index] = Math.floor((Math.cbrt(prime) % 1) * 2 ** 32);
    index += 1;
  }
  return words;
};
const K = constants();

const rotate = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

/** Takes one block of 64 bytes into `state`, 8 words, in place. */
export const sha256Block = (state: Uint32Array, data: Uint8Array, at: number): void => {
  const words = new Uint32Array(64);
  const view = new DataView(data.buffer, data.byteOffset + at, 64);
  for (let index = 0; index < 64; index += 1) {
    if (index < 16) {
      words[index] = view.getUint32(index * 4);
      continue;
    }
    const [a, b] = [words[index - 15] ?? 0, words[index - 2] ?? 0];
    const s0 = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3);
    const s1 = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10);
    words[index] = (words[index - 16] ?? 0) + s0 + (words[index - 7] ?? 0) + s1;
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let index = 0; index < 64; index += 1) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (K[index] ?? 0) + (words[index] ?? 0)) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
  }
  for (const [index, word] of [a, b, c, d, e, f, g, h].entries()) state[index] = (state[index] ?? 0) + word;
};
