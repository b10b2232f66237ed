/** include/crypto/algapi.h: templates that modules offer (crypto/algapi.c). */
import type { Address } from "../../src/base/address.ts";
import { EEXIST } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";
import { registerAll } from "../registrations.ts";

const KIND = "crypto template";
const MAX_COUNT = 1 << 16;

const add = (k: Kernel, template: Address): void => {
  // The kernel looks at its module, so that a wild pointer faults.
  void k.struct("crypto_template", template).module;
  if (k.crypto.templates.has(template)) throw new Errno(EEXIST);
  k.crypto.templates.add(template);
};
const remove = (k: Kernel, template: Address): void => void k.crypto.templates.delete(template);

const places = (k: Kernel, templates: Address, count: number): Address[] =>
  Array.from(
    { length: Math.max(0, Math.min(count, MAX_COUNT)) },
    (_, index) => templates + index * k.sizeOf("crypto_template"),
  );

const level = { partial: "no instance is made of it" } as const;

export const cryptoRegisterTemplate = stub(
  "int crypto_register_template(struct crypto_template *tmpl)",
  { fails: ["EEXIST"], sleeps: true, acquires: { [KIND]: "tmpl" }, level },
  (k, { tmpl }) => {
    add(k, tmpl);
    return 0;
  },
);
export const cryptoUnregisterTemplate = stub(
  "void crypto_unregister_template(struct crypto_template *tmpl)",
  { sleeps: true, releases: { [KIND]: "tmpl" } },
  (k, { tmpl }) => remove(k, tmpl),
);
export const cryptoRegisterTemplates = stub(
  "int crypto_register_templates(struct crypto_template *tmpls, int count)",
  {
    fails: ["EEXIST"],
    sleeps: true,
    acquires: { [KIND]: (k, { tmpls, count }) => places(k, tmpls, count) },
    level,
  },
  (k, { tmpls, count }) =>
    registerAll(
      { count, at: (index) => tmpls + index * k.sizeOf("crypto_template") },
      { add: (one) => add(k, one), remove: (one) => remove(k, one) },
    ),
);
export const cryptoUnregisterTemplates = stub(
  "void crypto_unregister_templates(struct crypto_template *tmpls, int count)",
  { sleeps: true, releases: { [KIND]: (k, { tmpls, count }) => places(k, tmpls, count) } },
  (k, { tmpls, count }) => {
    for (const template of places(k, tmpls, count)) remove(k, template);
  },
);
