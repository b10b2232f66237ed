/** A displacement's top byte: calls and jumps inside one image reach 16 MiB either way. */
const isTop = (byte: number): boolean => byte === 0 || byte === 0xff;

/**
 * `recent` remembers opcode-like bytes seen in the last three positions (bit 0: one before): what
 * looks like a call there may overlap this one. With several of them it is no call.
 */
const OVERLAP_ALLOWED: readonly boolean[] = [true, true, true, false, true, false, false, false];
/** How far into the displacement the overlapping one reaches, in bytes. */
const OVERLAP_BYTES: readonly number[] = [0, 1, 2, 2, 3, 3, 3, 3];

const relative = (absolute: number, next: number, recent: number): number => {
  const overlap = (OVERLAP_BYTES[recent] ?? 0) * 8;
  let value = absolute;
  for (;;) {
    const result = (value - next) | 0;
    if (recent === 0 || !isTop((result >>> (24 - overlap)) & 0xff)) return result;
    value = result ^ (overlap === 0 ? -1 : (1 << (32 - overlap)) - 1);
  }
};

/**
 * Undoes xz's x86 filter in place: targets of `call` and `jmp` rel32 (E8, E9) were made absolute so
 * that equal targets compress (xz's simple/x86.c describes the format's one odd rule: overlaps).
 */
export const decodeX86 = (code: Buffer): void => {
  let recent = 0;
  let last = -1;
  for (let at = 0; at + 5 <= code.length; at++) {
    if (((code[at] ?? 0) & 0xfe) !== 0xe8) continue;
    const distance = at - last;
    recent = distance > 3 ? 0 : (recent << (distance - 1)) & 7;
    last = at;
    const overlapped = code[at + 4 - (OVERLAP_BYTES[recent] ?? 0)] ?? 0;
    const blocked = recent !== 0 && (!OVERLAP_ALLOWED[recent] || isTop(overlapped));
    if (blocked || !isTop(code[at + 4] ?? 1)) {
      recent = (recent << 1) | 1;
      continue;
    }
    const value = relative(code.readInt32LE(at + 1), at + 5, recent) & 0x01ffffff;
    code.writeInt32LE(value & 0x01000000 ? value | ~0x01ffffff : value, at + 1);
    at += 4;
  }
};
