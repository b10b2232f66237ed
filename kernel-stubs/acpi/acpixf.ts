/** include/acpi/acpixf.h: walks of the namespace (drivers/acpi/acpica/nsxfeval.c, nswalk.c). */
import type { Address } from "../../src/base/address.ts";
import { ACPI_TYPE, type AcpiNode } from "../../src/kernel/acpi/namespace.ts";
import { AE } from "../../src/kernel/acpi/status.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";

/** What is done at a node on the way down or up; answers with an acpi_status. */
type Visit = (node: AcpiNode, level: number) => Routine<number>;

const status = (rax: bigint): number => Number(BigInt.asUintN(32, rax));

/** acpi_ns_walk_namespace(): AE_CTRL_DEPTH leaves out what is below, AE_CTRL_TERMINATE ends it well. */
function* walk(
  from: AcpiNode,
  depth: number,
  visits: { readonly down?: Visit | undefined; readonly up?: Visit | undefined },
  level = 1,
): Routine<number> {
  for (const node of from.children) {
    const answer = visits.down === undefined ? AE.OK : yield* visits.down(node, level);
    if (answer !== AE.OK && answer !== AE.CTRL_DEPTH) return answer;
    if (answer === AE.OK && level < depth) {
      const below = yield* walk(node, depth, visits, level + 1);
      if (below !== AE.OK) return below;
    }
    const last = visits.up === undefined ? AE.OK : yield* visits.up(node, level);
    if (last !== AE.OK && last !== AE.CTRL_DEPTH) return last;
  }
  return AE.OK;
}

const ended = (answer: number): number => (answer === AE.CTRL_TERMINATE ? AE.OK : answer);

export const acpiWalkNamespace = stub(
  `acpi_status acpi_walk_namespace(acpi_object_type type, acpi_handle start_object, u32 max_depth,
      acpi_walk_callback descending_callback, acpi_walk_callback ascending_callback, void *context,
      void **return_value)`,
  { sleeps: true },
  function* (k, args) {
    const { type, start_object, max_depth, descending_callback, ascending_callback } = args;
    const { context, return_value } = args;
    if (type > ACPI_TYPE.MAX || max_depth === 0 || descending_callback + ascending_callback === 0)
      return AE.BAD_PARAMETER;
    const from = k.acpi.at(start_object);
    if (from === undefined) return AE.BAD_PARAMETER;
    const visit = (fn: Address): Visit | undefined =>
      fn === 0
        ? undefined
        : function* (node, level) {
            if (type !== ACPI_TYPE.ANY && node.type !== type) return AE.OK;
            return status(yield* k.call(fn, k.acpi.handle(node), level, context, return_value));
          };
    return ended(
      yield* walk(from, max_depth, { down: visit(descending_callback), up: visit(ascending_callback) }),
    );
  },
);

/** All the devices are there and work, as _STA tells. */
function* visitDevice(
  k: Kernel,
  hid: string | undefined,
  call: (node: AcpiNode, level: number) => Routine<number>,
): Routine<number> {
  return ended(
    yield* walk(k.acpi.root, 256, {
      *down(node, level) {
        if (node.type !== ACPI_TYPE.DEVICE || (hid !== undefined && node.hid !== hid)) return AE.OK;
        return yield* call(node, level);
      },
    }),
  );
}

export const acpiGetDevices = stub(
  `acpi_status acpi_get_devices(const char *HID, acpi_walk_callback user_function, void *context,
      void **return_value)`,
  { sleeps: true },
  function* (k, { HID, user_function, context, return_value }) {
    if (user_function === 0) return AE.BAD_PARAMETER;
    return yield* visitDevice(k, HID === 0 ? undefined : k.memory.cstring(HID, 64), function* (node, level) {
      return status(yield* k.call(user_function, k.acpi.handle(node), level, context, return_value));
    });
  },
);
