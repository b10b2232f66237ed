import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fetchFromDistribution } from "./apt.mjs";
import { InstallFailure, say } from "./failure.mjs";

/** The one release whose static archive is known to link and run; see README.md. */
const STATIC_VERSION = "2.1.1";

const output = (command, args) => {
  const { status, stdout } = spawnSync(command, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return status === 0 ? stdout.trim() : undefined;
};

const fromPkgConfig = () => {
  const tool = process.env.PKG_CONFIG ?? "pkg-config";
  if (output(tool, ["--atleast-version=2.1", "unicorn"]) === undefined) return undefined;
  const variable = (name) => output(tool, [`--variable=${name}`, "unicorn"]) ?? "";
  return {
    version: output(tool, ["--modversion", "unicorn"]) ?? "",
    include: variable("includedir"),
    lib: variable("libdir"),
  };
};

/** Looks in a tree that packages were unpacked into. */
const fromFolder = (root) => {
  const libRoot = join(root, "usr/lib");
  if (!existsSync(join(root, "usr/include/unicorn/unicorn.h")) || !existsSync(libRoot)) return undefined;
  for (const name of [".", ...readdirSync(libRoot)]) {
    const lib = join(libRoot, name);
    const description = join(lib, "pkgconfig/unicorn.pc");
    if (!existsSync(description)) continue;
    const version = /^Version:\s*(\S+)/m.exec(readFileSync(description, "utf8"))?.[1] ?? "";
    return { version, include: join(root, "usr/include"), lib };
  }
  return undefined;
};

/** The ways to link this library, best first. */
const linkings = ({ version, lib }) => {
  const archive = join(lib, "libunicorn.a");
  const ways = [];
  if (version.startsWith(STATIC_VERSION) && existsSync(archive))
    ways.push({ kind: "static", args: [archive, "-Wl,--exclude-libs,ALL"] });
  if (existsSync(join(lib, "libunicorn.so")))
    ways.push({ kind: "shared", args: [`-L${lib}`, "-lunicorn", `-Wl,-rpath,${lib}`] });
  return ways;
};

const usable = (found) => (found === undefined || linkings(found).length === 0 ? undefined : found);

const HINT = `Install Unicorn 2.1 or newer with its development files, so that \`pkg-config --atleast-version=2.1 unicorn\`
  succeeds: Debian 13 and newer: apt-get install libunicorn-dev pkg-config; Fedora: dnf install unicorn-devel;
  Arch: pacman -S unicorn; elsewhere: build https://www.unicorn-engine.org/ and set PKG_CONFIG_PATH.`;

/**
 * Where Unicorn 2.1 or newer is: `{version, include, lib, linkings}`.
 * Asks pkg-config, then `folder`, then the distribution's newer suite, which is unpacked into `folder`.
 */
export const findUnicorn = (folder) => {
  const here = usable(fromPkgConfig()) ?? usable(fromFolder(folder));
  if (here !== undefined) return { ...here, linkings: linkings(here) };
  say("no Unicorn 2.1 on this machine; fetching it from this distribution's newer release with apt");
  const problem = fetchFromDistribution(folder);
  const fetched = usable(fromFolder(folder));
  if (fetched !== undefined) return { ...fetched, linkings: linkings(fetched) };
  throw new InstallFailure(
    `Unicorn 2.1 or newer was not found (${problem ?? "the package has no library"})`,
    HINT,
  );
};
