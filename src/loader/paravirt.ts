import { toAddress } from "../base/address.ts";
import { malformed } from "./failure.ts";
import { imageBytes } from "./image.ts";
import type { ModuleImage } from "./image.ts";
import type { LoadedTable } from "./loaded-table.ts";
import { branch32, CALL_OPCODE, fillNops } from "./text-patching.ts";
import type { ParavirtOperations } from "./text-patching.ts";

/** struct paravirt_patch_site: u8 *instr, u8 type, u8 len, padded. */
const ENTRY_SIZE = 16;
const MAX_PATCH_LENGTH = 254;

/** apply_paravirt() (arch/x86/kernel/alternative.c) and paravirt_patch() (paravirt.c). */
export const applyParavirt = (
  image: ModuleImage,
  table: LoadedTable,
  operations: ParavirtOperations,
): void => {
  const { view } = table;
  for (let at = 0; at + ENTRY_SIZE <= view.byteLength; at += ENTRY_SIZE) {
    const address = toAddress(view.getBigUint64(at, true));
    const length = view.getUint8(at + 9);
    const code = imageBytes(image, address, length);
    if (code === undefined || length > MAX_PATCH_LENGTH) {
      throw malformed("a paravirtual call lies outside the module");
    }
    const target = operations.operation(view.getUint8(at + 8));
    if (target === operations.nop) {
      fillNops(code);
      continue;
    }
    if (length < 5) throw malformed("a paravirtual call is too short to patch");
    code.set(branch32(CALL_OPCODE, address, target === 0 ? operations.bug : target));
    fillNops(code.subarray(5));
  }
};
