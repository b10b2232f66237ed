import type { Address } from "../../src/base/address.ts";
import type { Complaints, MemoryHost, Site } from "../../src/kernel/memory/host.ts";
import { createFrames } from "../../src/machine/frames.ts";
import { createGuestMemory } from "../../src/machine/guest-memory.ts";
import { createPageTables } from "../../src/machine/paging.ts";
import { createRam } from "../../src/machine/ram.ts";

/** A machine without a CPU: RAM, page tables, frames. */
export const createTestHost = (ramSize: number): MemoryHost & { snapshot(): () => void } => {
  const ram = createRam(new ArrayBuffer(ramSize), new Uint8Array(ramSize / 4096));
  const frames = createFrames(ram, 1);
  const tables = createPageTables(ram, frames);
  return {
    memory: createGuestMemory(ram, tables, "kernel", () => false),
    frames,
    ram,
    shadow: { watch: undefined },
    /** Answers with how to go back. */
    snapshot() {
      const saved = ram.bytes.slice();
      return () => {
        ram.bytes.set(saved);
        tables.goBack();
      };
    },
    map(address, frame, count, protection) {
      for (let page = 0; page < count; page += 1) tables.set(address + page * 4096, frame + page, protection);
    },
    unmap(address, count) {
      for (let page = 0; page < count; page += 1) {
        const entry = tables.find(address + page * 4096);
        if (entry >= 0) ram.words[entry] = 0;
      }
    },
    translate(address: Address) {
      const entry = tables.find(address);
      const low = entry < 0 ? 0 : (ram.words[entry] ?? 0);
      return (low & 1) === 0 ? undefined : ((low & 0xfffff000) >>> 0) + (address & 0xfff);
    },
  };
};

/** What the kernel said. */
export interface Said {
  readonly complaints: Complaints;
  readonly lines: string[];
}

export const createSaid = (): Said => {
  const lines: string[] = [];
  return {
    lines,
    complaints: {
      warn: (site, text) => void lines.push(`WARN ${site.source}${text === undefined ? "" : ` ${text}`}`),
      bug(site: Site) {
        throw new Error(`BUG ${site.source}`);
      },
      log: (level, text) => void lines.push(`<${level}>${text}`),
      dumpStack: (callers) => void lines.push(`stack ${(callers["*"] ?? []).join(" ")}`),
      taint: (flag) => void lines.push(`taint ${flag}`),
      tainted: () => "Not tainted",
      stub: () => "kfree",
      comm: () => "init",
      hashed: () => "00000000deadbeef",
      caller: () => "init_module+0x10/0x20 [m]",
    },
  };
};
