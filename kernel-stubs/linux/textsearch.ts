/** include/linux/textsearch.h: ways to search, as lib/textsearch.c keeps them. */
import { namedRegistry } from "../named.ts";

export const textsearchAlgorithms = namedRegistry({
  kind: "textsearch",
  struct: "ts_ops",
  add: "int textsearch_register(struct ts_ops *ops)",
  remove: "int textsearch_unregister(struct ts_ops *ops)",
  by: "ops",
  twice: "EEXIST",
  absent: "ENOENT",
  needs: ["name", "find", "init", "get_pattern", "get_pattern_len"],
  name: "pointer",
  missing: "nothing is searched with it",
});
