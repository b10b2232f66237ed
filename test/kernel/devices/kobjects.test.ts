import { expect, it } from "vitest";
import { ENOMEM } from "../../../src/base/errno.ts";
import { Errno } from "../../../src/base/errors.ts";
import { GFP } from "../../../src/kernel/memory/gfp.ts";
import { boot as bootKernel } from "../../../src/library/boot.ts";
import { boot } from "../../../src/sandbox.ts";

const NAME = "n".repeat(2000);

it("an object keeps the name it has when there is no memory for another", () => {
  const { kernel: k, run, close } = boot({ ram: 32 << 20 });
  const seen: string[] = [];
  const attempt = (what: () => void): void => {
    try {
      what();
      seen.push("done");
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      seen.push(`errno ${error.errno}`);
    }
  };
  run({ comm: "test", argv: ["test"] }, function* () {
    const { kobjects } = k.driverCore;
    const kobject = yield* kobjects.create("first", 0);
    for (const size of [1 << 22, 1 << 16, 4096, 2048]) while (k.heap.kmalloc(size, GFP.NOWARN) !== 0);
    attempt(() => kobjects.setName(kobject, NAME));
    attempt(() => kobjects.rename(kobject, NAME));
    attempt(() => kobjects.tryName(kobject, NAME));
    seen.push(kobjects.name(kobject), k.vfs.sysfs.path(kobject) ?? "nowhere");
    seen.push(`made ${yield* kobjects.create(NAME, 0)}`);
    return 0;
  });
  close();
  expect(seen).toEqual([`errno ${ENOMEM}`, `errno ${ENOMEM}`, "done", "first", "/first", "made 0"]);
});

it("nothing of a bus, a driver or a device stays, also where its name was taken", async () => {
  const kernel = await bootKernel();
  const alive = (): number => [...kernel.sandbox.kernel.heap.live()].length;
  const cycle = (what: string): number => {
    kernel.insmod("test/truth/devices/twice.ko", { what }).rmmod();
    kernel.settle();
    return alive();
  };
  for (const what of ["bus", "driver", "glue"]) expect([what, cycle(what)]).toEqual([what, cycle(what)]);
  kernel.close();
});
