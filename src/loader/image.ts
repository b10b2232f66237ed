import type { Address } from "../base/address.ts";
import type { Area } from "./area.ts";
import { SHF_ALLOC, SHT_NOBITS } from "./elf.ts";
import { malformed } from "./failure.ts";
import type { ModuleLayout } from "./layout.ts";
import { sectionAt, sectionContents } from "./load-info.ts";
import type { LoadInfo } from "./load-info.ts";

/** A piece of guest memory in the making: the caller copies `bytes` to `base` when they are final. */
export interface Region {
  readonly base: Address;
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** A module laid out at its final addresses, on the host's side. */
export interface ModuleImage {
  readonly core: Region;
  /** Undefined when the module has no init part. */
  readonly init: Region | undefined;
  /** By section number: sh_addr as the kernel rewrites it. */
  readonly sectionAddresses: Float64Array;
  readonly layout: ModuleLayout;
}

export interface ModuleBases {
  readonly core: Address;
  readonly init: Address;
  /** Where the kernel's own copy of the file would stand: only symbols of unloaded sections show it. */
  readonly file: Address;
}

export const makeRegion = (base: Address, size: number): Region => {
  const bytes = new Uint8Array(size);
  return { base, bytes, view: new DataView(bytes.buffer) };
};

export const regionOf = (image: ModuleImage, area: Area): Region => {
  const region = area === "core" ? image.core : image.init;
  if (region === undefined) throw malformed(`no ${area} area`);
  return region;
};

/** The region that holds all of [address, address + length), if the module has one. */
export const regionAt = (image: ModuleImage, address: Address, length: number): Region | undefined => {
  for (const region of [image.core, image.init]) {
    if (region === undefined || address < region.base) continue;
    if (address - region.base + length <= region.bytes.length) return region;
  }
  return undefined;
};

/** A view of the module's bytes at an address; writes go to the image. Undefined when outside. */
export const imageBytes = (image: ModuleImage, address: Address, length: number): Uint8Array | undefined => {
  const region = regionAt(image, address, length);
  return region?.bytes.subarray(address - region.base, address - region.base + length);
};

/** The bytes of a loaded section; writes go to the image. */
export const loadedSection = (info: LoadInfo, image: ModuleImage, index: number): Uint8Array => {
  const placement = image.layout.placements[index];
  const section = sectionAt(info.elf, index);
  if (placement === undefined || (section.flags & SHF_ALLOC) === 0) {
    return sectionContents(info.elf, section);
  }
  return regionOf(image, placement.area).bytes.subarray(placement.offset, placement.offset + section.size);
};

/**
 * move_module() of kernel/module/main.c: copies each loaded section to its place. The areas' memory
 * is the caller's to find (`layout.core.size`, `layout.init.size`); nothing is written there yet.
 */
export const moveModule = (info: LoadInfo, layout: ModuleLayout, bases: ModuleBases): ModuleImage => {
  const { sections } = info.elf;
  const image: ModuleImage = {
    core: makeRegion(bases.core, layout.core.size),
    init: layout.init.size === 0 ? undefined : makeRegion(bases.init, layout.init.size),
    sectionAddresses: new Float64Array(sections.length),
    layout,
  };
  for (const section of sections) {
    const placement = layout.placements[section.index];
    if (placement === undefined || (section.flags & SHF_ALLOC) === 0) {
      image.sectionAddresses[section.index] = section.index === 0 ? 0 : bases.file + section.offset;
      continue;
    }
    const region = regionOf(image, placement.area);
    if (section.type !== SHT_NOBITS) {
      region.bytes.set(sectionContents(info.elf, section), placement.offset);
    }
    image.sectionAddresses[section.index] = region.base + placement.offset;
  }
  return image;
};
