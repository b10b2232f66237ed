import { describe, expect, it } from "vitest";
import * as stubs from "../../kernel-stubs/index.ts";
import { RAX, RCX, registerFile, representationOf } from "../../src/abi/calls.ts";
import { parsePrototype } from "../../src/abi/prototype.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Stub } from "../../src/stub/declare.ts";
import { createRegistry } from "../../src/stub/registry.ts";
import { trapFor } from "../../src/stub/trap.ts";
import { guessedFailures } from "../../src/stub/unknown.ts";

const ARGUMENT = "gives what it was asked for, with a reference more";
const LOOKUP = "finds what there is: nothing is no failure";

/** Functions that look as if they could fail, and why they do not. */
const NEVER: Readonly<Record<string, string>> = {
  get_device: ARGUMENT,
  mntget: ARGUMENT,
  register_quota_format: "it is put into a list",
  kobject_get: ARGUMENT,
  kobject_get_unless_zero: LOOKUP,
  get_task_pid: LOOKUP,
  get_task_cred: ARGUMENT,
  class_find_device: LOOKUP,
  device_find_child: LOOKUP,
  bus_find_device: LOOKUP,
  driver_find_device: LOOKUP,
  pci_get_device: LOOKUP,
  pci_get_subsys: LOOKUP,
  pci_get_class: LOOKUP,
  pci_get_domain_bus_and_slot: LOOKUP,
  pci_get_slot: LOOKUP,
  pci_dev_get: ARGUMENT,
  kset_find_obj: LOOKUP,
  fwnode_handle_get: ARGUMENT,
  fwnode_get_parent: LOOKUP,
  fwnode_get_next_parent: LOOKUP,
  fwnode_get_nth_parent: LOOKUP,
  fwnode_get_next_child_node: LOOKUP,
  fwnode_get_next_available_child_node: LOOKUP,
  device_get_next_child_node: LOOKUP,
  fwnode_get_named_child_node: LOOKUP,
  device_get_named_child_node: LOOKUP,
  software_node_find_by_name: LOOKUP,
  fwnode_graph_get_next_endpoint: LOOKUP,
  fwnode_graph_get_port_parent: LOOKUP,
  fwnode_graph_get_remote_endpoint: LOOKUP,
  fwnode_graph_get_remote_port: LOOKUP,
  fwnode_graph_get_remote_port_parent: LOOKUP,
  fwnode_graph_get_endpoint_by_id: LOOKUP,
  mod_timer: "tells whether it was pending",
  mod_timer_pending: "tells whether it was pending",
  timer_reduce: "tells whether it was pending",
  anon_transport_class_register: "returns 0 whatever happens (drivers/base/attribute_container.c)",
  attribute_container_register: "returns 0 whatever happens (drivers/base/attribute_container.c)",
  ktime_add_safe: "adds numbers",
  crypto_dequeue_request: LOOKUP,
  trace_event_raw_init: "called by the kernel alone",
};

/** Takes something, as its declaration or its name says. */
const TAKES = /(^|_)(register|alloc|create|request|add|dup|map|copy|init|setup)(_|$)/;
const GIVES_BACK =
  /(^|_)(unregister|deregister|free|release|remove|del|destroy|put|exit|fini|unmap|cancel)(_|$)/;

const mayTellOfErrors = ({ prototype }: Stub): boolean =>
  ["pointer", "s32", "s64", "ssize"].includes(representationOf(parsePrototype(prototype).result));

const locks = (stub: Stub): boolean =>
  Object.keys(stub.acquires ?? {}).every((kind) => /lock|mutex|rwsem|rcu|preempt|irq_save/.test(kind));

const suspicious = createRegistry(stubs)
  .all()
  .filter((declared): declared is Stub => declared.kind === "stub")
  .filter((stub) => stub.fails.length === 0 && mayTellOfErrors(stub))
  .filter(
    (stub) =>
      (stub.acquires !== undefined && !locks(stub)) || (TAKES.test(stub.name) && !GIVES_BACK.test(stub.name)),
  )
  .map(({ name }) => name);

const unused = (): never => {
  throw new Error("not bound");
};

describe("stubs of functions that take something", () => {
  it("say how these fail, or why not", () => {
    expect(suspicious.filter((name) => NEVER[name] === undefined)).toEqual([]);
  });

  it("are not excused without need", () => {
    expect(Object.keys(NEVER).filter((name) => !suspicious.includes(name))).toEqual([]);
  });
});

describe("functions with registers of their own", () => {
  it.each([
    ["__get_user_4", "EFAULT", RAX, 2n ** 64n - 14n],
    ["__put_user_nocheck_8", "EFAULT", RCX, 2n ** 32n - 14n],
    ["clear_user_erms", "UNCOPIED", RCX, 7n],
  ] as const)("%s fails with %s", (name, failure, register, expected) => {
    const declared = createRegistry(stubs).find(name);
    if (declared?.kind !== "registers") throw new Error(`${name} is none`);
    expect(declared.fails).toEqual([failure]);
    const registers = registerFile(new BigUint64Array(18).fill(7n));
    const binder = { hooks: { inject: () => failure }, bind: unused };
    trapFor({} as Kernel, binder, declared, registers).enter();
    expect(registers.u64[register]).toBe(expected);
  });
});

describe("a function without a stub", () => {
  const failures = (prototype: string): readonly string[] => {
    const type = parsePrototype(prototype);
    return guessedFailures(/(\w+)\(/.exec(prototype)?.[1] ?? "", type);
  };
  it.each([
    ["int crypto_register_template(struct crypto_template *tmpl)", ["ENOMEM"]],
    ["struct key *keyring_alloc(int a)", []],
    ["int crypto_unregister_template(struct crypto_template *tmpl)", []],
    ["void sock_register(int a)", []],
    ["int edac_get_owner(void)", []],
    ["int tty_free_register(int a)", []],
  ])("%s fails with %j", (prototype, expected) => {
    expect(failures(prototype)).toEqual(expected);
  });
});
