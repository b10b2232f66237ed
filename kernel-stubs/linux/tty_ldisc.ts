/** include/linux/tty_ldisc.h, as drivers/tty/tty_ldisc.c does it. */
import { EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { stub } from "../../src/stub/declare.ts";

const NR_LDISCS = 31;
const UNUSED = { partial: "no terminal ever uses it" };

export const ttyRegisterLdisc = stub(
  "int tty_register_ldisc(struct tty_ldisc_ops *new_ldisc)",
  { fails: ["EINVAL"], acquires: { tty_ldisc: "new_ldisc" }, level: UNUSED },
  (k, { new_ldisc: ops }) => {
    const { num } = k.struct("tty_ldisc_ops", ops);
    if (num < 0 || num >= NR_LDISCS) throw new Errno(EINVAL);
    k.tty.disciplines.set(num, ops);
    return 0;
  },
);
export const ttyUnregisterLdisc = stub(
  "void tty_unregister_ldisc(struct tty_ldisc_ops *ldisc)",
  { releases: { tty_ldisc: "ldisc" }, level: UNUSED },
  (k, { ldisc }) => void k.tty.disciplines.delete(k.struct("tty_ldisc_ops", ldisc).num),
);
