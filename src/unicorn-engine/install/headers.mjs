import { existsSync, readdirSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { InstallFailure } from "./failure.mjs";

/** node-gyp keeps one folder a Node version; Node-API is the same in all of them. */
const gypCaches = () => {
  const root = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "node-gyp");
  if (!existsSync(root)) return [];
  const versions = readdirSync(root).sort(
    (a, b) => Number(b.startsWith(process.versions.node)) - Number(a.startsWith(process.versions.node)),
  );
  return versions.map((version) => join(root, version, "include/node"));
};

const candidates = () => {
  const prefix = dirname(dirname(realpathSync(process.execPath)));
  const nodedir = process.env.npm_config_nodedir;
  return [
    ...(nodedir === undefined || nodedir === "" ? [] : [join(nodedir, "include/node"), join(nodedir, "src")]),
    join(prefix, "include/node"),
    "/usr/include/node",
    "/usr/include/nodejs/src",
    "/usr/local/include/node",
    ...gypCaches(),
  ];
};

/** The folder with Node's own node_api.h. */
export const findNodeHeaders = () => {
  const tried = candidates();
  const found = tried.find((folder) => existsSync(join(folder, "node_api.h")));
  if (found !== undefined) return found;
  throw new InstallFailure(
    `Node's header node_api.h was not found (looked in ${tried.join(", ")})`,
    "Install the development files of this Node (Debian: apt-get install libnode-dev), or set npm_config_nodedir.",
  );
};
