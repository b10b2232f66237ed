// Node's own modules that a command may never need, loaded when something of theirs is first used.
import { createRequire } from "node:module";

const NAMES = ["node:child_process", "node:crypto", "node:fs/promises", "node:readline", "node:zlib"];
const require = createRequire(import.meta.url);

/** A module with the same names, each a getter. */
const lazy = (name) => {
  const getters = Object.keys(require(name)).map(
    (key) => `get ${key}() { return process.getBuiltinModule("${name}").${key}; }`,
  );
  return `module.exports = { ${getters.join(", ")} };`;
};

/** For esbuild: a bundle that starts without these modules. */
export const lazyBuiltins = {
  name: "lazy-builtins",
  setup(build) {
    build.onResolve({ filter: /^node:/ }, ({ path }) =>
      NAMES.includes(path) ? { path, namespace: "lazy-builtin" } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "lazy-builtin" }, ({ path }) => ({ contents: lazy(path) }));
  },
};
