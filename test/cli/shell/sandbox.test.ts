import { afterAll, expect, test } from "vitest";
import { createHostFiles } from "../../../src/cli/shell/host-files.ts";
import { koboxPrograms } from "../../../src/cli/shell/programs/index.ts";
import { sandboxSessionHost } from "../../../src/cli/shell/sandbox-session.ts";
import { createSession, type Session } from "../../../src/cli/shell/session.ts";
import { boot, type Sandbox } from "../../../src/sandbox.ts";
import { collector } from "../../support/fake-user/hosts.ts";

const opened: Sandbox[] = [];
afterAll(() => opened.forEach((sandbox) => sandbox.close()));

const start = (): { session: Session; say: (text: string) => string } => {
  const sandbox = boot();
  opened.push(sandbox);
  const out = collector();
  const host = createHostFiles("samples/hello");
  const options = { name: "sh", programs: koboxPrograms, host };
  const session = createSession(sandboxSessionHost(sandbox), options, (_, bytes) => out.add(bytes));
  return {
    session,
    say(text) {
      session.run(text);
      return out.take();
    },
  };
};

test("a module file of the host is inserted, listed, described and removed", () => {
  const { say } = start();
  expect(say("insmod samples/params/params.ko count=2 'name=two words'; echo $?")).toBe("0\n");
  expect(say("lsmod")).toBe("Module                  Size  Used by\nparams                 16384  0\n");
  expect(say("dmesg -t | tail -n 2")).toBe("params: hello, two words\nparams: 0 values, sum 0, 50 %\n");
  expect(say("cat /sys/module/params/parameters/count; rmmod params; rmmod params")).toBe(
    "2\nrmmod: ERROR: Module params is not currently loaded\n",
  );
  expect(say("modinfo -F description samples/params/params.ko; modinfo package.json")).toBe(
    "Takes parameters\nmodinfo: ERROR: Module package.json not found.\n",
  );
  expect(say("modprobe hello && modprobe -r hello && dmesg -t | tail -n 1")).toBe("hello from exit\n");
});

test("a device is opened, written, asked by ioctl, and polled", () => {
  const { say } = start();
  say("insmod samples/chardev/chardev.ko; echo hello > /dev/chardev");
  expect(say("cat /dev/chardev; hexdump -C /dev/chardev | head -1")).toBe(
    "hello\n00000000  68 65 6c 6c 6f 0a                                 |hello.|\n",
  );
  expect(say("ioctl /dev/chardev 0x80046b01 buf:4")).toBe("0\n06000000\n");
  expect(say("ioctl /dev/chardev 0x6b02; cat /dev/chardev; ioctl /dev/chardev 1")).toBe(
    "0\nioctl: Inappropriate ioctl for device\n",
  );
  expect(say("poll /dev/chardev")).toBe("IN OUT\n");
  expect(say("exec 3</dev/chardev; rmmod chardev; exec 3<&-; rmmod chardev; ls /dev/chardev")).toMatch(
    /^rmmod: ERROR: Module chardev is in use\nls: \/dev\/chardev: No such file or directory\n$/,
  );
});

test("time passes without waiting; what never ends is interrupted", () => {
  const { session, say } = start();
  expect(say("a=$(date +%s); sleep 3600; echo $(( $(date +%s) - a ))")).toBe("3600\n");
  const { status, interrupted, stop } = session.run("sleep 20d; echo $?");
  expect({ status, stop }).toEqual({ status: 0, stop: undefined });
  expect(interrupted).toMatch(/^sleep waits for /);
  expect(say("echo still here")).toMatch(/^130\nstill here\n$/);
  expect(say("timeout 2 sleep 100; echo $?; (sleep 50; echo late) & kill -9 $!; wait $!; echo $?")).toBe(
    "Terminated\n143\n137\n",
  );
  expect(say("kill -9 $$")).toBe("");
  expect(session.run("echo gone").stop?.kind).toBe("killed");
});

test("an oops kills the command, not the shell", () => {
  const { say } = start();
  expect(say("insmod samples/oops/oops.ko; echo $?; cat /sys/module/oops/initstate")).toBe(
    "Killed\n137\ncoming\n",
  );
});

test("traps run when their signal has come, not in children", () => {
  const { say } = start();
  expect(say("trap 'echo usr1' USR1; kill -USR1 $$; echo after")).toBe("usr1\nafter\n");
  expect(say("sh -c 'kill -USR1 $$; echo lives'; (trap); sleep 1; echo $?")).toContain("0\n");
  expect(say("(kill -USR1 $$; echo sub); echo main")).toBe("sub\nusr1\nmain\n");
  expect(say("trap - USR1; trap '' TERM; kill -TERM $$; echo lives; trap x NONE; echo $?")).toMatch(
    /^lives\nsh: trap: NONE: invalid signal specification\n/,
  );
});

test("readlink -f follows links to where they lead", () => {
  const { say } = start();
  say("mkdir -p /a/b; echo x > /a/b/file; ln -s b /a/link; ln -s /a/link/file /top; ln -s loop /loop");
  expect(say("readlink -f /top /nothing/x; readlink -f /top; cd /a; readlink -f link/../link/new")).toContain(
    "/a/b/file\n/a/b/new\n",
  );
  expect(say("readlink -f /loop; echo $?; readlink -f /none/x; echo $?")).toBe("1\n1\n");
});
