import { expect, test } from "vitest";
import { createWorld, device, putFile, runShell, type World } from "../../support/fake-user-system.ts";

const withLog = (): World => {
  const world = createWorld();
  world.log.push(
    { level: 6, facility: 0, time: 2_250_000_000, text: "one" },
    { level: 4, facility: 1, time: 12_345_678_901, text: "two\nlines" },
  );
  return world;
};

test("dmesg shows, filters nothing, clears", () => {
  const world = withLog();
  expect(runShell(world, "dmesg").out).toBe("[    2.250000] one\n[   12.345678] two\n[   12.345678] lines\n");
  expect(runShell(world, "dmesg -r | head -n 2").out).toBe("<6>[    2.250000] one\n<12>[   12.345678] two\n");
  expect(runShell(world, "dmesg -t | head -n 1; dmesg -c | wc -l; dmesg; dmesg -n 9").out).toMatch(
    /^one\n3\ndmesg: number 9 is not in 1\.\.8 range\n/,
  );
});

test("ps shows commands as busybox does", () => {
  const world = createWorld();
  for (const [pid, comm, cmdline] of [
    [2, "kthreadd", ""],
    [10, "cat", "cat\0-n\0x y\0"],
    [9, "busybox", "sh\0-c\0ps\0"],
  ] as const) {
    putFile(world, `/proc/${pid}/comm`, `${comm}\n`);
    putFile(world, `/proc/${pid}/cmdline`, cmdline);
  }
  expect(runShell(world, "ps").out).toBe(
    [
      "PID   USER     COMMAND",
      "    2 0        [kthreadd]",
      "    9 0        {busybox} sh -c ps",
      "   10 0        cat -n x y",
      "",
    ].join("\n"),
  );
});

test("ls and stat show device files, links and dates", () => {
  const world = createWorld();
  device(world, "d", 0x1f00805, {});
  const script =
    "ln -s /dev/d l; ls -l /dev/d l | cut -c1-44; stat -c '%F %t %T %a %A' /dev/d; stat -L -c %F l";
  expect(runShell(world, script).out).toBe(
    [
      "crw-rw-rw-    1 0        0           8,7941 Nov",
      "lrwxrwxrwx    1 0        0                0 Nov",
      "character special file 8 1f05 666 crw-rw-rw-",
      "character special file",
      "",
    ]
      .join("\n")
      .replace(/^(.{44}).*$/gm, "$1"),
  );
  expect(runShell(world, "mkdir -p a/b; touch a/c a/b/d; tree a; tree -L 1 a").out).toBe(
    [
      "a",
      "|-- b",
      "|   `-- d",
      "`-- c",
      "",
      "1 directory, 2 files",
      "a",
      "|-- b",
      "`-- c",
      "",
      "1 directory, 1 file",
      "",
    ].join("\n"),
  );
});

test("what a driver sees: sizes of reads and writes, ioctls, failures", () => {
  const world = createWorld();
  const seen: string[] = [];
  let left = 3;
  device(world, "drv", 0x123, {
    read(_, count) {
      seen.push(`read ${count}`);
      left -= 1;
      return Buffer.from(left > 0 ? "abc\n" : "");
    },
    write(bytes) {
      seen.push(`write ${bytes.length}`);
      return Math.min(bytes.length, 5000);
    },
    ioctl(request, argument) {
      seen.push(`ioctl ${request} ${typeof argument === "bigint" ? argument : "buffer"}`);
      if (argument instanceof Uint8Array) argument[0] = 0xff;
      return 7;
    },
    poll: () => 1,
  });
  const run = (script: string): { out: string; seen: string[] } => {
    left = 3;
    const { out } = runShell(world, script);
    return { out, seen: seen.splice(0) };
  };
  expect(run("cat /dev/drv")).toEqual({
    out: "abc\nabc\n",
    seen: ["read 65536", "read 65536", "read 65536"],
  });
  expect(run("head -c 3 /dev/drv")).toEqual({ out: "abc", seen: ["read 4096"] });
  expect(run("dd if=/dev/drv bs=2 count=1 2>/dev/null").seen).toEqual(["read 2"]);
  expect(run("echo hi > /dev/drv; printf '%s' a b > /dev/drv").seen).toEqual(["write 3", "write 2"]);
  expect(run("seq 2000 > /dev/drv").seen).toEqual(["write 4096", "write 4096", "write 701"]);
  expect(run("ioctl /dev/drv 0x10 -1; ioctl /dev/drv 2 hex:0102; poll /dev/drv")).toEqual({
    out: "7\n7\nff02\nIN\n",
    seen: ["ioctl 16 -1", "ioctl 2 buffer"],
  });
  expect(run("ioctl /dev/drv x; ioctl /dev/drv 1 hex:0; poll").out).toBe(
    "ioctl: invalid number 'x'\nioctl: invalid bytes '0'\nUsage: poll FILE [MILLISECONDS]\n",
  );
});
