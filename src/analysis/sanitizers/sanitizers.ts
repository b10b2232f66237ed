import { KoboxError } from "../../base/errors.ts";

/** Checks that cost time and can be left out. "heap" needs a sandbox made with `checks`. */
export type Sanitizer = "heap" | "uninitialised";

const ALL: readonly Sanitizer[] = ["heap", "uninitialised"];

const isSanitizer = (name: string): name is Sanitizer => (ALL as readonly string[]).includes(name);

/** "all", "none", or names separated by commas. Errors: KoboxError "usage". */
export const parseSanitizers = (text: string): ReadonlySet<Sanitizer> => {
  if (text === "all") return new Set(ALL);
  if (text === "none") return new Set();
  const names = text.split(",");
  const wrong = names.find((name) => !isSanitizer(name));
  if (wrong === undefined) return new Set(names.filter(isSanitizer));
  throw new KoboxError("usage", `--sanitize: ${wrong} is no sanitizer`, {
    hint: `Use all, none, or some of ${ALL.join(",")}.`,
  });
};

/** For a command that runs things once: only `kobox check` compares runs. Errors: KoboxError "usage". */
export const withoutUninitialised = (text: string, command: string): ReadonlySet<Sanitizer> => {
  const wanted = new Set(parseSanitizers(text));
  if (text !== "all" && wanted.has("uninitialised")) {
    throw new KoboxError("usage", `kobox ${command} does not look for uninitialised memory`, {
      hint: "Use kobox check, which compares several runs.",
    });
  }
  wanted.delete("uninitialised");
  return wanted;
};
