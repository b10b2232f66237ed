// The newer suite's package through the machine's own apt, with all of apt's state in a folder of
// ours: its mirror, its proxy and its keys are used, nothing on the system changes, no root needed.
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { say } from "./failure.mjs";

const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
const SUITE = "trixie";
const PACKAGES = ["libunicorn-dev", "libunicorn2t64"];
/** Suites of the distribution whose keyring this is; a third party's source carries other names or keys. */
const DISTRIBUTION_SUITES =
  /^(?:buster|bullseye|bookworm|trixie|forky|sid|oldstable|stable|testing|unstable)$/;

const run = (command, args, options = {}) =>
  spawnSync(command, args, {
    encoding: "utf8",
    maxBuffer: 1 << 26,
    stdio: ["ignore", "pipe", "pipe"],
    ...options,
  });

/** The mirror that this machine installs the distribution's main packages from. */
const findMirror = () => {
  const format = "$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(CREATED_BY)";
  const { status, stdout } = run("apt-get", ["indextargets", "--no-release-info", "--format", format]);
  if (status !== 0) return undefined;
  const lines = stdout.split("\n").map((line) => line.split("|"));
  const mirrors = lines.filter(
    ([uri = "", suite = "", component, kind]) =>
      DISTRIBUTION_SUITES.test(suite) &&
      component === "main" &&
      kind === "Packages" &&
      /^(?:https?|mirror|file|ftp)[+\w]*:/.test(uri),
  );
  return mirrors[0]?.[0];
};

const quote = (text) => `"${text.replaceAll('"', "")}"`;

/** apt reads this after the machine's own configuration, so the machine's proxies stay in force. */
const configuration = (work) => `
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
#clear Acquire::IndexTargets;
Acquire::IndexTargets::deb::Packages {
  MetaKey "$(COMPONENT)/binary-$(ARCHITECTURE)/Packages";
  flatMetaKey "Packages";
  ShortDescription "Packages";
  Description "$(RELEASE)/$(COMPONENT) $(ARCHITECTURE) Packages";
  Optional "0";
};
Dir::State ${quote(join(work, "state"))};
Dir::State::Lists ${quote(join(work, "state/lists"))};
Dir::State::status ${quote(join(work, "status"))};
Dir::Cache ${quote(join(work, "cache"))};
Dir::Cache::archives ${quote(join(work, "cache/archives"))};
Dir::Etc::SourceList ${quote(join(work, "sources.list"))};
Dir::Etc::SourceParts ${quote(join(work, "sources"))};
Dir::Etc::Preferences ${quote(join(work, "none"))};
Dir::Etc::PreferencesParts ${quote(join(work, "sources"))};
APT::Sandbox::User ${quote(userInfo().username)};
APT::Default-Release "";
APT::Get::AllowUnauthenticated "false";
Acquire::AllowInsecureRepositories "false";
Acquire::Languages "none";
Acquire::PDiffs "false";
Acquire::Retries "2";
Acquire::http::Timeout "30";
Acquire::https::Timeout "30";
`;

const prepare = (work, mirror, architecture) => {
  for (const folder of ["state/lists/partial", "cache/archives/partial", "sources", "debs"]) {
    mkdirSync(join(work, folder), { recursive: true });
  }
  writeFileSync(join(work, "status"), "");
  writeFileSync(join(work, "sources.list"), "");
  const source = {
    Types: "deb",
    URIs: mirror,
    Suites: SUITE,
    Components: "main",
    Architectures: architecture,
    "Signed-By": KEYRING,
  };
  const text = Object.entries(source).map(([key, value]) => `${key}: ${value}\n`);
  writeFileSync(join(work, "sources/newer.sources"), text.join(""));
  writeFileSync(join(work, "apt.conf"), configuration(work));
};

const lastLine = (text) =>
  text
    .trim()
    .split("\n")
    .findLast((line) => /^[EW]:/.test(line)) ?? "";

const fetchInto = (work, folder) => {
  const apt = (...args) =>
    run("apt-get", ["-c", join(work, "apt.conf"), "-q", ...args], { cwd: join(work, "debs") });
  say(`reading the package list of ${SUITE}`);
  const update = apt("update");
  if (update.status !== 0) return `apt-get update failed: ${lastLine(update.stderr)}`;
  say(`downloading ${PACKAGES.join(", ")}`);
  const download = apt("download", ...PACKAGES);
  if (download.status !== 0) return `apt-get download failed: ${lastLine(download.stderr)}`;
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(join(work, "debs")).filter((file) => file.endsWith(".deb"))) {
    const unpack = run("dpkg", ["-x", join(work, "debs", name), folder]);
    if (unpack.status !== 0) return `dpkg could not unpack ${name}: ${unpack.stderr.trim()}`;
  }
  return undefined;
};

/**
 * Unpacks the newer suite's Unicorn into `folder`. Returns why it could not, or undefined.
 * apt checks the suite's signature with the distribution's installed keyring.
 */
export const fetchFromDistribution = (folder) => {
  if (run("apt-get", ["--version"]).status !== 0 || run("dpkg", ["--version"]).status !== 0)
    return "this system has no apt";
  if (!existsSync(KEYRING)) return `${KEYRING} is not installed, so nothing could be verified`;
  const mirror = findMirror();
  if (mirror === undefined) {
    const name = /^PRETTY_NAME="?([^"\n]*)/m.exec(
      existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "",
    )?.[1];
    return `apt on ${name ?? "this system"} has no Debian mirror configured`;
  }
  const architecture = run("dpkg", ["--print-architecture"]).stdout.trim();
  const work = mkdtempSync(join(tmpdir(), "unicorn-engine-"));
  try {
    prepare(work, mirror, architecture);
    const problem = fetchInto(work, folder);
    if (problem !== undefined) rmSync(folder, { recursive: true, force: true });
    return problem;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};
