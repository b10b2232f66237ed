import { counted } from "../../base/words.ts";
import type { Violation } from "unicorn-engine";
import type { Address } from "../../base/address.ts";
import { toAddress } from "../../base/address.ts";
import { KoboxError } from "../../base/errors.ts";
import { DIRECT_MAP } from "../../kernel/memory/layout.ts";
import type { Sandbox } from "../../sandbox.ts";
import { listen } from "../../stub/listen.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { acquiredPlace, freedPlace } from "../ledger/wording.ts";
import { type Access, accessesOf, writtenBy } from "./accesses.ts";
import { type Whose, formerly, watchFaults } from "./given-back.ts";
import { SHADOW, createShadow } from "./shadow.ts";

interface BadAccess extends Access {
  /** Code that made it; undefined for a function of the kernel's that the guest called. */
  readonly ip: Address | undefined;
  readonly by: string | undefined;
  /** First byte that must not be touched. */
  readonly at: Address;
  readonly shadow: number;
}

/** Places that are reported; a hostile module has thousands. */
const ENOUGH = 100;

/**
 * Watches the heap as KASAN does: accesses behind the end of an object of a slab, and to freed ones,
 * are findings. Guest instructions are checked by the engine, copies by stubs at the call. The
 * sandbox must be one made with `checks`. Begins with the objects allocated from now on.
 */
export const watchHeap = (sandbox: Sandbox, ledger: Ledger): void => {
  const { kernel: k, binder } = sandbox;
  const { checks, hostDirty } = k.machine.engine;
  if (checks === undefined) throw new KoboxError("usage", "this sandbox was made without checks");
  const state = { kept: 0 };
  const reported = k.journal.set<string>();
  const shadow = createShadow(
    checks.shadow,
    (frame) => {
      hostDirty[frame] = 1;
    },
    { add: (size) => (k.journal.touch(state).kept += size) },
  );
  k.heap.shadow.watch = shadow;

  const whose = (address: Address): Whose => {
    const object = k.heap.objectAt(address) ?? k.heap.objectAt(address - 1);
    if (object === undefined) return formerly(k, ledger, address);
    const { base, size, cache } = object;
    const end = base + size;
    const away =
      address < base + size
        ? `${counted(address - base, "byte")} inside`
        : `${counted(address - end, "byte")} behind`;
    const gone = object.state === "freed" ? ledger.released("slab", base) : undefined;
    const held = gone?.held ?? ledger.held().find(({ key, kind }) => key === base && kind === "slab");
    const related = [
      ...(gone === undefined ? [] : [freedPlace(ledger.stacks, gone)]),
      ...(held === undefined ? [] : [acquiredPlace(ledger.stacks, held)]),
    ];
    const was = object.state === "freed" ? "a freed object" : "an object";
    return { text: `, ${away} ${was} of ${counted(size, "byte")} (${cache})`, related };
  };
  const report = ({ kind, address, size, ip, by, at, shadow: value }: BadAccess): void => {
    const stack = ledger.stacks.text(ledger.stacks.capture());
    const where = ip === undefined ? stack[0] : k.symbols.format(ip);
    const bug = value === SHADOW.REDZONE || value < 8 ? "slab-out-of-bounds" : "use-after-free";
    const key = `${bug} ${where}`;
    if (reported.has(key) || reported.size >= ENOUGH) return;
    reported.add(key);
    const { text, related } = whose(at);
    const how = by === undefined ? "" : ` by ${by}()`;
    k.findings.add({
      kind: bug,
      severity: "error",
      message: `${kind} of ${counted(size, "byte")}${how} at 0x${BigInt.asUintN(64, BigInt(address)).toString(16)}${text}`,
      where,
      stack: ip === undefined ? stack : [k.symbols.format(ip), ...stack.slice(1)],
      related,
    });
  };
  const reportViolation = ({ rip, address, size, access, shadow: value }: Violation): void => {
    const virtual = address + DIRECT_MAP;
    const at = shadow.forbidden(virtual, size)?.at ?? virtual;
    report({ kind: access, address: virtual, size, ip: toAddress(rip), by: undefined, at, shadow: value });
  };
  k.events.on((event) => {
    if (event.kind !== "violations") return;
    const all = checks.violations();
    checks.clear();
    for (const violation of all) reportViolation(violation);
  });
  watchFaults(k, ledger);
  const checkAccess = (access: Access, by: string): void => {
    const bad = shadow.forbidden(access.address, access.size);
    if (bad !== undefined) report({ ...access, ip: undefined, by, ...bad });
  };
  listen(binder.hooks, {
    call({ name }, args) {
      for (const access of accessesOf(k, name, args)) checkAccess(access, name);
    },
    result({ name }, args, rax) {
      const access = writtenBy(name, args, rax);
      if (access !== undefined) checkAccess(access, name);
    },
  });
};
