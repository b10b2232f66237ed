import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { makeLater } from "../../src/kernel/later.ts";
import { takeSnapshot } from "../../src/kernel/snapshot.ts";
import { boot } from "../../src/sandbox.ts";

describe("parts that are made later", () => {
  const setup = () => {
    const made: string[] = [];
    const make = (name: string) => () => {
      made.push(name);
      return { name };
    };
    const parts = {} as { readonly a: { name: string }; readonly b: { name: string } };
    return { made, parts, later: makeLater<typeof parts>(parts, { a: make("a"), b: make("b") }) };
  };

  it("are made once, when they are first used", () => {
    const { made, parts, later } = setup();
    expect(made).toEqual([]);
    expect(parts.b).toBe(parts.b);
    expect(made).toEqual(["b"]);
    expect([later.isMade("a"), later.isMade("b")]).toEqual([false, true]);
  });

  it("can be made all", () => {
    const { made, parts, later } = setup();
    expect(parts.b.name).toBe("b");
    later.complete();
    later.complete();
    expect(made).toEqual(["b", "a"]);
  });
});

describe("the kernel's parts", () => {
  const state = (k: ReturnType<typeof boot>["kernel"]): unknown => ({
    ram: createHash("sha256").update(k.machine.ram).digest("hex"),
    free: k.machine.frames.free(),
    processes: [...k.tasks.all()].length,
  });

  it("change nothing that the guest can see when they are made", () => {
    const { kernel, close } = boot({ ram: 32 << 20 });
    expect([kernel.isMade("probes"), kernel.isMade("rcu")]).toEqual([false, false]);
    const before = state(kernel);
    kernel.complete();
    expect([kernel.isMade("probes"), kernel.isMade("rcu")]).toEqual([true, true]);
    expect(state(kernel)).toEqual(before);
    close();
  });

  it("are all made before a snapshot", () => {
    const { kernel, close } = boot({ ram: 32 << 20 });
    takeSnapshot(kernel);
    expect(kernel.isMade("tracing")).toBe(true);
    close();
  });
});

describe("what the tree holds from the start", () => {
  it("is made when somebody looks for a path, and once", () => {
    const { kernel, close } = boot({ ram: 32 << 20 });
    const { tree } = kernel.vfs;
    expect(tree.root.entries.get("dev")).toBeUndefined();
    expect(tree.find("/proc/modules")).toMatchObject({ kind: "special" });
    expect(tree.find("/dev/null")).toMatchObject({ kind: "device" });
    const kernelDirectory = tree.find("/sys/kernel");
    tree.ready();
    expect(tree.find("/sys/kernel")).toBe(kernelDirectory);
    close();
  });

  it("goes with a snapshot that was taken before, and comes again", () => {
    const { kernel, close } = boot({ ram: 32 << 20 });
    const snapshot = takeSnapshot(kernel);
    for (let round = 0; round < 2; round += 1) {
      expect(tree(kernel)).toEqual(["modules", "null", "irq"]);
      snapshot.restore();
      expect(kernel.vfs.tree.root.entries.get("dev")).toBeUndefined();
    }
    close();
  });

  const tree = ({ vfs }: ReturnType<typeof boot>["kernel"]): string[] =>
    ["/proc/modules", "/dev/null", "/sys/kernel/irq"].flatMap((path) =>
      vfs.tree.find(path) === undefined ? [] : [path.slice(path.lastIndexOf("/") + 1)],
    );
});
