import type { Btf } from "./btf.ts";

/** Structs that BTF reaches from no exported function, but that stubs, tests and reports use. */
const ALSO = new Set(
  `module kernel_param kernel_param_ops kparam_array kparam_string module_kobject module_attribute
   task_struct thread_info pt_regs kprobe kretprobe kretprobe_instance ftrace_ops ftrace_regs work_struct
   delayed_work tasklet_struct timer_list hrtimer completion wait_queue_entry wait_queue_head semaphore
   rw_semaphore mutex rcu_head notifier_block proc_dir_entry proc_ops seq_file seq_operations file_operations
   inode_operations super_operations address_space_operations miscdevice cdev kparam_array modversion_info
   kernel_symbol exception_table_entry bug_entry alt_instr static_key jump_entry static_call_site
   static_call_key tracepoint orc_entry static_call_mod`
    .split(/\s+/)
    .filter((name) => name !== ""),
);

/** Ids of the structs and unions that type `id` mentions, through pointers, arrays and prototypes. */
const mentioned = (btf: Btf, id: number, seen: Set<number>): number[] => {
  const found: number[] = [];
  const queue = [id];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const type = btf.type(next);
    switch (type.kind) {
      case "pointer":
      case "const":
      case "volatile":
      case "restrict":
      case "typedef":
      case "tag":
      case "function":
        queue.push(type.type);
        break;
      case "array":
        queue.push(type.element);
        break;
      case "prototype":
        queue.push(type.result, ...type.parameters.map((one) => one.type));
        break;
      case "struct":
      case "union":
        found.push(next);
        queue.push(...type.members.map((one) => one.type));
        break;
      default:
        break;
    }
  }
  return found;
};

/** All structs and unions reachable from the prototypes of `functions`, and those listed here. In id order. */
export const exportedTypes = (btf: Btf, functions: ReadonlySet<string>): number[] => {
  const seen = new Set<number>();
  const found: number[] = [];
  for (let id = btf.firstId; id < btf.endId; id++) {
    const type = btf.type(id);
    const wanted =
      type.kind === "function" ? functions.has(type.name) : type.kind === "struct" && ALSO.has(type.name);
    if (wanted) found.push(...mentioned(btf, id, seen));
  }
  return found.sort((left, right) => left - right);
};
