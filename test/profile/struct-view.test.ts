import { describe, expect, it } from "vitest";
import type { Address } from "../../src/base/address.ts";
import { bytesToByteString } from "../../src/base/bytes.ts";
import type { GuestMemory } from "../../src/machine/memory.ts";
import { openDefaultProfile } from "../../src/profile/default-profile.ts";
import { STRUCT_NAMES } from "../../src/profile/struct-names.ts";
import { createStructViews } from "../../src/profile/struct-view.ts";

const BASE = -0x7f00_0000_0000;

/** 64 KiB at BASE. */
const flatMemory = (): GuestMemory & { readonly view: DataView } => {
  const bytes = new Uint8Array(1 << 16);
  const view = new DataView(bytes.buffer);
  const at = (address: Address): number => address - BASE;
  return {
    view,
    u8: (a) => view.getUint8(at(a)),
    u16: (a) => view.getUint16(at(a), true),
    u32: (a) => view.getUint32(at(a), true),
    i32: (a) => view.getInt32(at(a), true),
    u64: (a) => view.getBigUint64(at(a), true),
    i64: (a) => view.getBigInt64(at(a), true),
    pointer: (a) => Number(view.getBigInt64(at(a), true)),
    setU8: (a, v) => view.setUint8(at(a), v),
    setU16: (a, v) => view.setUint16(at(a), v, true),
    setU32: (a, v) => view.setUint32(at(a), v, true),
    setU64: (a, v) => view.setBigUint64(at(a), v, true),
    setHalves: (a, low, high) => {
      view.setUint32(at(a), low, true);
      view.setUint32(at(a + 4), high, true);
    },
    setPointer: (a, v) => view.setBigInt64(at(a), BigInt(v), true),
    bytes: (a, length) => bytes.slice(at(a), at(a) + length),
    write: (a, data) => bytes.set(data, at(a)),
    fill: (a, value, length) => void bytes.fill(value, at(a), at(a) + length),
    cstring(a, limit = 1 << 16) {
      const data = bytes.subarray(at(a), at(a) + limit);
      const end = data.indexOf(0);
      return bytesToByteString(end < 0 ? data : data.subarray(0, end));
    },
    setCstring: () => {},
    accessible: () => true,
  };
};

const profile = openDefaultProfile();

describe("struct views", () => {
  const memory = flatMemory();
  const structs = createStructViews(profile, memory);

  it("reads and writes scalars at their offsets", () => {
    const file = structs.view("file", BASE);
    file.private_data = -0x1234;
    file.f_flags = 0x8001;
    file.f_pos = 2 ** 40;
    expect(memory.view.getBigInt64(structs.offsetOf("file", "private_data"), true)).toBe(-0x1234n);
    expect([file.private_data, file.f_flags, file.f_pos]).toEqual([-0x1234, 0x8001, 2 ** 40]);
    expect(file.$size).toBe(232);
    file.f_flags = -1;
    expect(file.f_flags).toBe(0xffff_ffff);
  });

  it("keeps 64-bit integers exact and signed ones signed", () => {
    const inode = structs.view("inode", BASE);
    inode.i_ino = 2n ** 64n - 1n;
    expect(inode.i_ino).toBe(2n ** 64n - 1n);
    const task = structs.view("task_struct", BASE);
    task.pid = -3;
    expect(task.pid).toBe(-3);
    task.min_flt = 5n;
    expect(task.min_flt).toBe(5n);
  });

  it("gives views of nested structs, and of those in them", () => {
    const device = structs.view("device", BASE);
    device.kobj.kref.refcount.refs.counter = 7;
    const refcount = structs.offsetOf("kobject", "kref");
    expect(memory.view.getInt32(refcount, true)).toBe(7);
    expect(device.kobj.$address).toBe(BASE);
    expect(device.kobj.kref.refcount.refs.counter).toBe(7);
    expect(() => Object.assign(device, { kobj: 1 })).toThrow(TypeError);
  });

  it("has text in char arrays, cut to fit", () => {
    const task = structs.view("task_struct", BASE);
    task.comm.text = "a-very-long-task-name";
    expect(task.comm.text).toBe("a-very-long-tas");
    expect(task.comm.length).toBe(16);
    task.comm.set(1, 0);
    expect(task.comm.text).toBe("a");
    expect(task.comm.at(0)).toBe(97);
    expect(() => task.comm.at(16)).toThrow(RangeError);
  });

  it("writes a bit field without touching its neighbours", () => {
    const kobject = structs.view("kobject", BASE);
    memory.fill(BASE, 0xff, 64);
    kobject.state_in_sysfs = 0;
    expect([kobject.state_initialized, kobject.state_in_sysfs, kobject.uevent_suppress]).toEqual([1, 0, 1]);
    kobject.state_in_sysfs = 3;
    expect(kobject.state_in_sysfs).toBe(1);
    expect([...memory.bytes(BASE, 64)].every((byte) => byte === 0xff)).toBe(true);
  });

  it("reads and writes every bit field of the profile's structs alike, whatever its place", () => {
    for (const name of STRUCT_NAMES) {
      const layout = profile.struct(name);
      if (layout === undefined || layout.size > 16_384) continue;
      for (const fieldName of layout.fieldNames) {
        const field = layout.field(fieldName);
        if (field?.bits === undefined) continue;
        memory.fill(BASE, 0, layout.size + 8);
        const view = structs.untyped(name, BASE);
        const [on, off] =
          field.type.kind === "bool" ? [true, false] : field.bits.width > 32 ? [1n, 0n] : [1, 0];
        Object.assign(view, { [fieldName]: on });
        const isSigned = field.type.kind === "int" && field.type.signed && field.bits.width === 1;
        expect(view[fieldName]).toBe(isSigned ? -1 : on);
        const bit = field.offset * 8 + field.bits.first;
        expect(memory.u8(BASE + (bit >> 3))).toBe(1 << (bit & 7));
        Object.assign(view, { [fieldName]: off });
        expect([...memory.bytes(BASE, layout.size)].every((byte) => byte === 0)).toBe(true);
      }
    }
  });

  it("indexes arrays of structs and of arrays", () => {
    const net = structs.view("pci_dev", BASE);
    expect(net.resource.length).toBe(17);
    expect(net.resource.at(2).$address).toBe(
      BASE + structs.offsetOf("pci_dev", "resource") + 2 * structs.sizeOf("resource"),
    );
    net.resource.at(2).flags = 0x200n;
    expect(net.resource.at(2).flags).toBe(0x200n);
  });

  it("says which struct it does not know", () => {
    expect(() => structs.untyped("no_such", BASE)).toThrow(/no layout of struct no_such/);
    expect(() => structs.offsetOf("file", "no_such")).toThrow(/no no_such/);
  });
});
