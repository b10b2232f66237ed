/** /sys/module/NAME (kernel/module/sysfs.c, kernel/params.c). */
import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { EPERM } from "../../base/errno.ts";
import type { Kernel } from "../kernel.ts";
import { MODULE_STATE, type Module } from "../modules/module.ts";
import { moduleTaintLetters } from "../oops/taint.ts";
import { TAINT } from "../oops/taint.ts";
import { getParameter, type Parameter } from "../params.ts";
import { RECORD_CALLERS } from "../oops/file-callers.ts";
import type { Routine } from "../routine.ts";
import { calledThrough } from "../vfs/called-from.ts";
import { attributeFile, textAttribute } from "../vfs/attribute-file.ts";
import type { FileOperations } from "../vfs/operations.ts";

const KERNEL_PARAM_FL_UNSAFE = 1;

const parameterFile = (k: Kernel, parameter: Parameter): FileOperations => {
  const { address, ops } = parameter;
  const set = k.struct("kernel_param_ops", ops).set;
  return attributeFile(k, {
    *show(page) {
      const { length } = yield* calledThrough(
        k,
        RECORD_CALLERS.parameterGet,
        getParameter(k.memory, parameter, page),
      );
      return length === -1 && k.struct("kernel_param_ops", ops).get === 0 ? -EPERM : length;
    },
    *store(page, length) {
      if (set === 0) return -EPERM;
      if ((parameter.flags & KERNEL_PARAM_FL_UNSAFE) !== 0) {
        k.printk(5, `Setting dangerous option ${parameter.name} - tainting kernel`);
        k.taints.add(TAINT.USER, "still-ok");
      }
      const call = calledThrough(k, RECORD_CALLERS.parameterSet, k.call(set, page, address));
      const result = asInt(yield* call);
      return result === 0 ? length : result;
    },
  });
};

const STATES = {
  [MODULE_STATE.LIVE]: "live",
  [MODULE_STATE.COMING]: "coming",
  [MODULE_STATE.GOING]: "going",
};

interface Shown {
  readonly name: ByteString;
  readonly mode: number;
  readonly text: () => ByteString;
}

const attributesOf = (k: Kernel, module: Module): Shown[] => {
  const { modinfo } = module.info;
  const fields = (["version", "srcversion"] as const).flatMap((name) => {
    const text = modinfo.get(name);
    return text === undefined ? [] : [{ name, mode: 0o444, text: () => `${text}\n` }];
  });
  const state = (): ByteString => STATES[k.modules.list.state(module) as keyof typeof STATES] ?? "unformed";
  return [
    { name: "uevent", mode: 0o200, text: () => "" },
    ...fields,
    { name: "initstate", mode: 0o444, text: () => `${state()}\n` },
    { name: "coresize", mode: 0o444, text: () => `${module.core.size}\n` },
    { name: "initsize", mode: 0o444, text: () => `${module.init.size}\n` },
    { name: "taint", mode: 0o444, text: () => `${moduleTaintLetters(module.taints)}\n` },
    { name: "refcnt", mode: 0o444, text: () => `${k.modules.references.count(module)}\n` },
  ];
};

/** The loader's sections that SHF_ALLOC keeps in memory, as the kernel lists them. */
const addSections = (k: Kernel, kobject: Address, module: Module): void => {
  const { sysfs } = k.vfs;
  sysfs.addGroup(kobject, "sections");
  for (const { name, address } of module.sectionList) {
    const text = `0x${BigInt.asUintN(64, BigInt(address)).toString(16).padStart(16, "0")}\n`;
    if (sysfs.findFile(kobject, name, "sections") !== undefined) continue;
    sysfs.addFile(kobject, {
      name,
      mode: 0o400,
      operations: textAttribute(k, () => text),
      attribute: 0,
      group: "sections",
      size: 19,
    });
  }
};

const isNote = (name: ByteString): boolean => name.startsWith(".note");

const addNotes = (k: Kernel, kobject: Address, module: Module): void => {
  const notes = module.sectionList.filter(({ name }) => isNote(name));
  if (notes.length === 0) return;
  k.vfs.sysfs.addGroup(kobject, "notes");
  for (const { name, address, size } of notes) {
    k.vfs.sysfs.addFile(kobject, {
      name,
      mode: 0o444,
      operations: {
        strict: true,
        *read(file, count) {
          const bytes = k.memory.bytes(address, size).slice(file.position, file.position + count);
          file.position += bytes.length;
          return bytes;
        },
      },
      attribute: 0,
      group: "notes",
      size,
    });
  }
};

const addParameters = (k: Kernel, kobject: Address, module: Module): void => {
  const shown = module.parameters.filter(({ permission }) => permission !== 0);
  if (shown.length === 0) return;
  k.vfs.sysfs.addGroup(kobject, "parameters");
  for (const parameter of shown) {
    k.vfs.sysfs.addFile(kobject, {
      name: parameter.name,
      mode: parameter.permission,
      operations: parameterFile(k, parameter),
      attribute: parameter.address,
      group: "parameters",
    });
  }
};

const kobjectOf = (k: Kernel, { address }: Module): Address => address + k.offsetOf("module", "mkobj");

/** mod_sysfs_setup(). */
export function* createModuleSysfs(k: Kernel, module: Module): Routine<void> {
  const { kobjects } = k.driverCore;
  const kobject = kobjectOf(k, module);
  const set = kobjects.known("/module");
  kobjects.init(kobject, kobjects.ktype("module"));
  k.struct("module", module.address).mkobj.mod = module.address;
  kobjects.setName(kobject, module.name);
  k.struct("kobject", kobject).kset = set - k.offsetOf("kset", "kobj");
  yield* kobjects.add(kobject);
  const holders = yield* kobjects.create("holders", kobject);
  k.struct("module", module.address).holders_dir = holders;
  for (const { name, mode, text } of attributesOf(k, module)) {
    k.vfs.sysfs.addFile(kobject, { name, mode, operations: textAttribute(k, text), attribute: 0 });
  }
  for (const name of module.uses) {
    const owner = k.modules.list.find(name);
    const dir = owner === undefined ? 0 : k.struct("module", owner.address).holders_dir;
    if (dir !== 0 && k.vfs.sysfs.has(dir)) k.vfs.sysfs.link(dir, module.name, kobject);
  }
  addParameters(k, kobject, module);
  addSections(k, kobject, module);
  addNotes(k, kobject, module);
}

/** mod_sysfs_teardown(); also for a module whose load failed before it was there. */
export function* removeModuleSysfs(k: Kernel, module: Module): Routine<void> {
  const { kobjects } = k.driverCore;
  const view = k.struct("module", module.address);
  for (const name of module.uses) {
    const owner = k.modules.list.find(name);
    const dir = owner === undefined ? 0 : k.struct("module", owner.address).holders_dir;
    if (dir !== 0) k.vfs.sysfs.unlink(dir, module.name);
  }
  if (view.mkobj.kobj.state_initialized === 0) return;
  const holders = view.holders_dir;
  if (holders !== 0) {
    yield* kobjects.del(holders);
    yield* kobjects.put(holders);
    view.holders_dir = 0;
  }
  const kobject = kobjectOf(k, module);
  yield* kobjects.del(kobject);
  yield* kobjects.put(kobject);
}
