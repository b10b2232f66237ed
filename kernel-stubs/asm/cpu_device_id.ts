/** arch/x86/include/asm/cpu_device_id.h, as arch/x86/kernel/cpu/match.c does it. */
import type { Ptr } from "../../src/abi/prototype-types.ts";
import { matchCpu } from "../../src/kernel/boot/cpu-info.ts";
import { stub } from "../../src/stub/declare.ts";

export const x86MatchCpu = stub(
  "const struct x86_cpu_id *x86_match_cpu(const struct x86_cpu_id *match)",
  (k, { match }) => matchCpu(k, match) as Ptr<"struct x86_cpu_id">,
);
