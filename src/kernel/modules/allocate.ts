/** Memory of a module on its way in (kernel/module/main.c). */
import type { Address } from "../../base/address.ts";
import { type ModuleImage, moveModule } from "../../loader/image.ts";
import type { PreparedModule } from "../../loader/load.ts";
import type { Module } from "./module.ts";
import type { ModuleSystem } from "./system.ts";

/** layout_and_allocate(): memory for both areas, sections in place in a host-side image. */
export const allocate = (
  system: ModuleSystem,
  { info, layout }: PreparedModule,
): { module: Module; image: ModuleImage } => {
  const { memory } = system;
  const core = memory.allocate(layout.core.size);
  let init: Address = 0;
  try {
    if (layout.init.size > 0) init = memory.allocate(layout.init.size);
  } catch (error) {
    memory.release(core);
    throw error;
  }
  const image = moveModule(info, layout, { core, init, file: system.fileBase });
  const address = image.sectionAddresses[info.index.mod] ?? 0;
  const module: Module = {
    name: info.moduleName,
    address,
    core: { base: core, size: layout.core.size },
    init: { base: init, size: layout.init.size },
    layout,
    info,
    sections: undefined,
    jumpEntries: [],
    staticCallSites: [],
    ftraceSites: [],
    orc: undefined,
    parameters: [],
    exports: new Map(),
    symbols: [],
    sectionList: sectionList(info, image),
    percpu: undefined,
    arguments: 0,
    initFunction: 0,
    exitFunction: 0,
    uses: [],
    taints: info.taints,
  };
  writeImage(system, image);
  return { module, image };
};

const sectionList = (info: Module["info"], image: ModuleImage): Module["sectionList"] =>
  info.elf.sections
    .filter((section) => image.layout.placements[section.index] !== undefined && section.size > 0)
    .map((section) => ({
      name: section.name,
      address: image.sectionAddresses[section.index] ?? 0,
      size: section.size,
    }));

export const writeImage = (system: ModuleSystem, image: ModuleImage): void => {
  const { memory } = system.k;
  memory.write(image.core.base, image.core.bytes);
  if (image.init !== undefined) memory.write(image.init.base, image.init.bytes);
};

/** Gives both areas back. */
export const releaseMemory = (system: ModuleSystem, module: Module): void => {
  if (module.init.size > 0) system.memory.release(module.init.base);
  system.memory.release(module.core.base);
};
