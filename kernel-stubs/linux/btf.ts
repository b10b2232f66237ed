/** include/linux/btf.h: functions that BPF programs may call, as kernel/bpf/btf.c keeps them. */
import { stub } from "../../src/stub/declare.ts";

const LEVEL = { partial: "no BPF program is ever loaded" } as const;

/** They go with the module's own BTF: nothing unregisters them. */
export const registerBtfKfuncIdSet = stub(
  "int register_btf_kfunc_id_set(enum bpf_prog_type prog_type, const struct btf_kfunc_id_set *s)",
  { fails: ["ENOMEM", "EINVAL"], sleeps: true, level: LEVEL },
  (k, { s }) => {
    k.driverCore.registered.add(`kfuncs ${s}`);
    return 0;
  },
);
export const registerBtfIdDtorKfuncs = stub(
  "int register_btf_id_dtor_kfuncs(const struct btf_id_dtor_kfunc *dtors, u32 add_cnt, struct module *owner)",
  { fails: ["ENOMEM", "EINVAL", "E2BIG"], sleeps: true, level: LEVEL },
  (k, { dtors }) => {
    k.driverCore.registered.add(`kfuncs ${dtors}`);
    return 0;
  },
);
