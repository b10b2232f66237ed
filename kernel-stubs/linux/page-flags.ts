/** include/linux/page-flags.h, as mm/hugetlb_vmemmap.c does it. */
import { staticKey } from "./mm.ts";

export const hugetlbOptimizeVmemmapKey = staticKey("hugetlb_optimize_vmemmap_key", "off");
