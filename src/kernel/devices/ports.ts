/** I/O ports: which device answers at which, and the guest's in and out instructions. */
import { REG } from "unicorn-engine";
import type { PortSite } from "../../loader/port-sites.ts";
import type { Trap } from "../execution.ts";
import type { Kernel } from "../kernel.ts";
import { type AccessSize, type DeviceModel, allOnes } from "./model.ts";
import { heard } from "./outside.ts";

export interface PortRegion {
  readonly name: string;
  readonly start: number;
  readonly size: number;
  readonly model: DeviceModel;
}

export interface Ports {
  /** From now on `model` answers there, before whoever did so far. */
  claim(region: PortRegion): void;
  /** Unsigned, all ones where nobody answers. */
  read(port: number, size: AccessSize): number;
  write(port: number, size: AccessSize, value: number): void;
  /** Stands behind port instructions of a module. */
  serve(sites: readonly PortSite[]): void;
}

/** rep ins and outs go no further in one go: the guest says how often. */
const MAX_REPEAT = 1 << 20;

export const createPorts = (k: Kernel): Ports => {
  const regions: PortRegion[] = [];
  const find = (port: number): PortRegion | undefined =>
    regions.findLast(({ start, size }) => port >= start && port < start + size);

  const read: Ports["read"] = (port, size) => {
    const region = find(port);
    const value = heard(k.outside, size, () =>
      region === undefined ? allOnes(size) : BigInt(region.model.read(port - region.start, size)),
    );
    return Number(value & allOnes(size));
  };
  const write: Ports["write"] = (port, size, value) => {
    const region = find(port);
    region?.model.write(port - region.start, size, BigInt(value) & allOnes(size));
  };

  /** in, out: port in DX or in the instruction, value in the accumulator. */
  const transfer = ({ opcode, operand16, port }: PortSite): void => {
    const { registers } = k.executor;
    const size: AccessSize = (opcode & 1) === 0 ? 1 : operand16 ? 2 : 4;
    const at = port ?? Number((registers[REG.RDX] ?? 0n) & 0xffffn);
    const rax = registers[REG.RAX] ?? 0n;
    if ((opcode & 2) !== 0) return write(at, size, Number(rax & allOnes(size)));
    // A 32-bit result clears the upper half; shorter ones leave the rest.
    const kept = size === 4 ? 0n : rax & ~allOnes(size);
    registers[REG.RAX] = BigInt.asUintN(64, kept | BigInt(read(at, size)));
  };
  /** ins, outs: memory at RDI or RSI. */
  const stringTransfer = ({ opcode, operand16, repeat }: PortSite): void => {
    const { registers } = k.executor;
    const size: AccessSize = (opcode & 1) === 0 ? 1 : operand16 ? 2 : 4;
    const port = Number((registers[REG.RDX] ?? 0n) & 0xffffn);
    const index = (opcode & 2) === 0 ? REG.RDI : REG.RSI;
    const count = repeat ? Math.min(k.executor.register(REG.RCX) >>> 0, MAX_REPEAT) : 1;
    for (let done = 0; done < count; done += 1) {
      const address = k.executor.register(index);
      if ((opcode & 2) === 0) putValue(k, address, size, read(port, size));
      else write(port, size, getValue(k, address, size));
      k.executor.setRegister(index, address + size);
    }
    if (repeat) k.executor.setRegister(REG.RCX, 0);
  };

  const trap = (site: PortSite): Trap => ({
    name: "port",
    writesRegisters: true,
    enter() {
      if (site.opcode < 0x80) stringTransfer(site);
      else transfer(site);
      return undefined;
    },
  });

  return {
    claim: (region) => void k.journal.touch(regions).push(region),
    read,
    write,
    serve(sites) {
      for (const site of sites) k.executor.traps.set(site.address, trap(site));
    },
  };
};

const getValue = (k: Kernel, address: number, size: AccessSize): number =>
  size === 1 ? k.memory.u8(address) : size === 2 ? k.memory.u16(address) : k.memory.u32(address);

const putValue = (k: Kernel, address: number, size: AccessSize, value: number): void => {
  if (size === 1) k.memory.setU8(address, value);
  else if (size === 2) k.memory.setU16(address, value);
  else k.memory.setU32(address, value);
};
