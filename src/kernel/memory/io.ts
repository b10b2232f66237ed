import { type Address, PAGE_SIZE, alignDown } from "../../base/address.ts";
import type { Journal, JournalMap } from "../journal.ts";
import { VM } from "./areas.ts";
import { type Complaints, type MemoryHost, mayTake } from "./host.ts";
import { frameToVirt, isVmalloc } from "./layout.ts";
import type { Pages } from "./pages.ts";
import { SITES } from "./sites.ts";
import type { Vmalloc } from "./vmalloc.ts";
import type { WarnOnce } from "./warn-once.ts";

/** A device that answers at physical addresses. */
export interface IoRegion {
  readonly name: string;
  readonly start: number;
  readonly size: number;
  /** What its registers hold when first mapped, byte offset from `start`; all ones where left out. */
  readonly initial?: (page: Uint8Array, offset: number) => void;
}

/** Device memory (arch/x86/mm/ioremap.c). Registers are plain memory until a device model claims them. */
export interface Io {
  claim(region: IoRegion): void;
  /** Address of the registers at a physical address, or 0. */
  map(physical: number, size: number): Address;
  /** iounmap; addresses outside the vmalloc area are ignored, as the kernel does. */
  unmap(address: Address): void;
  /** memremap: RAM is where it always is, other memory as by `map`. */
  remap(physical: number, size: number): Address;
}

/** What one mapping may be: an aperture of a graphics card needs more than RAM has. */
const MAX_PAGES = 65536;
/** Physical addresses have 46 bits here. */
const PHYSICAL_END = 2 ** 46;
const hex = (value: number): string => `0x${value.toString(16).padStart(16, "0")}`;

export interface IoParts {
  readonly host: MemoryHost;
  readonly pages: Pages;
  readonly vmalloc: Vmalloc;
  readonly complaints: Complaints;
  readonly once: WarnOnce;
}

export const createIo = (parts: IoParts, journal: Journal): Io => {
  const { host, vmalloc } = parts;
  const { ram } = host;
  const regions: IoRegion[] = [];
  /** Frame that stands for a page of device memory: mapping it again shows the same registers. */
  const backing: JournalMap<number, number> = journal.map();

  const frameOf = (page: number): number | undefined => {
    const known = backing.get(page);
    if (known !== undefined) return known;
    const frame = host.frames.allocate(1);
    if (frame === undefined) return undefined;
    const physical = page * PAGE_SIZE;
    const bytes = ram.bytes.subarray(frame * PAGE_SIZE, (frame + 1) * PAGE_SIZE);
    ram.touch(frame);
    const owner = regions.find(({ start, size }) => physical < start + size && physical + PAGE_SIZE > start);
    // Nobody answers on a real bus: all ones.
    if (owner?.initial === undefined) bytes.fill(0xff);
    else owner.initial(bytes, physical - owner.start);
    backing.set(page, frame);
    return frame;
  };
  const isRam = (physical: number, size: number): boolean => physical < ram.size && size > 0;

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
    const frames: number[] = [];
    for (let index = 0; index < count; index += 1) {
      const frame = frameOf(first + index);
      if (frame === undefined) return 0;
      frames.push(frame);
    }
    const base = vmalloc.mapFrames(count, VM.IOREMAP, (index) => frames[index] ?? 0, physical);
    return base === 0 ? 0 : base + (physical % PAGE_SIZE);
  };

  return {
    claim: (region) => void journal.touch(regions).push(region),
    map,
    unmap(address) {
      if (!isVmalloc(address)) return;
      const area = vmalloc.find(alignDown(address, PAGE_SIZE));
      if (area !== undefined && (area.flags & VM.IOREMAP) !== 0) vmalloc.unmap(area.address);
    },
    remap(physical, size) {
      return isRam(physical, size) ? frameToVirt(0) + physical : map(physical, size);
    },
  };
};
