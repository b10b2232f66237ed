/** arch/x86/include/asm/kvm_para.h, mshyperv.h, pvclock.h: the machine is an emulated one, not a guest of a hypervisor. */
import { stub } from "../../src/stub/declare.ts";

export const kvmParaAvailable = stub("bool kvm_para_available(void)", () => false);
export const hvIsHypervInitialized = stub("bool hv_is_hyperv_initialized(void)", () => false);
export const pvclockGetPvtiCpu0Va = stub(
  "struct pvclock_vsyscall_time_info *pvclock_get_pvti_cpu0_va(void)",
  () => 0,
);
