import { type Address, PAGE_SIZE, alignDown } from "../../base/address.ts";
import { type AccessSize, type DeviceModel, allOnes, memoryModel } from "../devices/model.ts";
import { type Outside, heard } from "../devices/outside.ts";
import type { Journal, JournalMap } from "../journal.ts";
import { VM } from "./areas.ts";
import { type Complaints, type MemoryHost, mayTake } from "./host.ts";
import { frameToVirt, isVmalloc } from "./layout.ts";
import type { MmioBus } from "./mmio.ts";
import type { Pages } from "./pages.ts";
import { SITES } from "./sites.ts";
import type { Vmalloc } from "./vmalloc.ts";
import type { WarnOnce } from "./warn-once.ts";

/** A device that answers at physical addresses. */
export interface IoRegion {
  readonly name: string;
  readonly start: number;
  readonly size: number;
  readonly model: DeviceModel;
}

/**
 * Device memory (arch/x86/mm/ioremap.c). Pages of a device with a model are not mapped: each access
 * faults, and is played as a call of the model. Others are plain memory that reads all ones at first;
 * it is not mapped either where somebody wants to answer for every device.
 */
export interface Io extends MmioBus {
  /** From now on a model answers there; what is mapped already stays as it is. */
  claim(region: IoRegion): void;
  /** Address of the registers at a physical address, or 0. */
  map(physical: number, size: number): Address;
  /** iounmap; addresses outside the vmalloc area are ignored, as the kernel does. */
  unmap(address: Address): void;
  /** memremap: RAM is where it always is, other memory as by `map`. */
  remap(physical: number, size: number): Address;
  /** Each access to that virtual address is to be played. */
  isDevice(address: Address): boolean;
}

/** What one mapping may be: an aperture of a graphics card needs more than RAM has. */
const MAX_PAGES = 65536;
/** The video memory and the BIOS, which PCs have in the midst of RAM. */
const HOLE = { start: 0xa_0000, end: 0x10_0000 } as const;
/** Physical addresses have 46 bits here. */
const PHYSICAL_END = 2 ** 46;
const hex = (value: number): string => `0x${value.toString(16).padStart(16, "0")}`;

export interface IoParts {
  readonly host: MemoryHost;
  readonly pages: Pages;
  readonly vmalloc: Vmalloc;
  readonly complaints: Complaints;
  readonly once: WarnOnce;
  readonly outside: Outside;
}

export const createIo = (parts: IoParts, journal: Journal): Io => {
  const { host, vmalloc, outside } = parts;
  const { ram, memory } = host;
  const regions: IoRegion[] = [];
  /** Frame that stands for a page of device memory: mapping it again shows the same registers. */
  const backing: JournalMap<number, number> = journal.map();
  /** Physical page behind a virtual one that is not mapped. */
  const devicePages: JournalMap<number, number> = journal.map();

  const frameOf = (page: number): number | undefined => {
    const known = backing.get(page);
    if (known !== undefined) return known;
    const frame = host.frames.allocate(1);
    if (frame === undefined) return undefined;
    ram.touch(frame);
    // Nobody answers on a real bus: all ones.
    ram.bytes.fill(0xff, frame * PAGE_SIZE, (frame + 1) * PAGE_SIZE);
    backing.set(page, frame);
    return frame;
  };
  /** Device memory without a model, by physical address. */
  const plain = (physical: number): DeviceModel | undefined => {
    const frame = backing.get(Math.floor(physical / PAGE_SIZE));
    if (frame === undefined) return undefined;
    ram.touch(frame);
    return memoryModel(ram.bytes.subarray(frame * PAGE_SIZE, (frame + 1) * PAGE_SIZE));
  };
  const answering = (
    physical: number,
  ): { readonly model: DeviceModel; readonly offset: number } | undefined => {
    const region = owner(physical, 1);
    if (region !== undefined) return { model: region.model, offset: physical - region.start };
    const model = plain(physical);
    return model === undefined ? undefined : { model, offset: physical % PAGE_SIZE };
  };
  const isRam = (physical: number, size: number): boolean =>
    physical < ram.size && size > 0 && !(physical >= HOLE.start && physical + size <= HOLE.end);
  const owner = (physical: number, size: number): IoRegion | undefined =>
    regions.findLast((region) => physical < region.start + region.size && physical + size > region.start);

  const map = (physical: number, size: number): Address => {
    if (size <= 0 || physical < 0 || physical + size > PHYSICAL_END) return 0;
    if (isRam(physical, size)) {
      if (parts.once.first("ioremap")) {
        const last = hex(physical + size - 1);
        parts.complaints.warn(SITES.ioremapRam, `ioremap on RAM at ${hex(physical)} - ${last}`);
      }
      return 0;
    }
    const first = Math.floor(physical / PAGE_SIZE);
    const count = Math.floor((physical + size - 1) / PAGE_SIZE) - first + 1;
    if (count > MAX_PAGES || !mayTake(host, count)) return 0;
    const served = (index: number): boolean => owner((first + index) * PAGE_SIZE, PAGE_SIZE) !== undefined;
    const frames: number[] = [];
    for (let index = 0; index < count; index += 1) {
      const frame = served(index) ? 0 : frameOf(first + index);
      if (frame === undefined) return 0;
      frames.push(frame);
    }
    const base = vmalloc.mapFrames(count, VM.IOREMAP, (index) => frames[index] ?? 0, physical);
    if (base === 0) return 0;
    frames.forEach((frame, index) => {
      if (frame !== 0 && !outside.everywhere) return;
      host.unmap(base + index * PAGE_SIZE, 1);
      devicePages.set(base / PAGE_SIZE + index, first + index);
    });
    return base + (physical % PAGE_SIZE);
  };

  const physicalOf = (address: Address): number | undefined => {
    const page = devicePages.get(Math.floor(address / PAGE_SIZE));
    return page === undefined ? undefined : page * PAGE_SIZE + (address - alignDown(address, PAGE_SIZE));
  };
  const readMemory = (address: Address, size: AccessSize): bigint => {
    if (size === 8) return memory.u64(address);
    return BigInt(size === 4 ? memory.u32(address) : size === 2 ? memory.u16(address) : memory.u8(address));
  };
  const writeMemory = (address: Address, size: AccessSize, value: bigint): void => {
    if (size === 8) memory.setU64(address, value);
    else if (size === 4) memory.setU32(address, Number(value));
    else if (size === 2) memory.setU16(address, Number(value));
    else memory.setU8(address, Number(value));
  };

  return {
    claim: (region) => void journal.touch(regions).push(region),
    map,
    unmap(address) {
      if (!isVmalloc(address)) return;
      const area = vmalloc.find(alignDown(address, PAGE_SIZE));
      if (area === undefined || (area.flags & VM.IOREMAP) === 0) return;
      for (let index = 0; index < area.pages; index += 1)
        devicePages.delete(area.address / PAGE_SIZE + index);
      vmalloc.unmap(area.address);
    },
    remap(physical, size) {
      return isRam(physical, size) ? frameToVirt(0) + physical : map(physical, size);
    },
    isDevice: (address) => devicePages.has(Math.floor(address / PAGE_SIZE)),
    read(address, size) {
      const physical = physicalOf(address);
      if (physical === undefined) return readMemory(address, size);
      return heard(outside, size, () => {
        const device = answering(physical);
        return device === undefined
          ? allOnes(size)
          : BigInt(device.model.read(device.offset, size)) & allOnes(size);
      });
    },
    write(address, size, value) {
      const physical = physicalOf(address);
      if (physical === undefined) return writeMemory(address, size, value);
      const device = answering(physical);
      device?.model.write(device.offset, size, value);
    },
  };
};
