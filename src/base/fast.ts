/** So many look-ups until V8 takes notes of what a function does, and settles prototypes it meets. */
const NOTICED = 300;

/**
 * V8 keeps object literals with getters, and objects that grew field by field, as dictionaries: every
 * use is a look-up. An object that has been used as a prototype becomes a fast one again. Returns it.
 * Takes microseconds: for the few objects that everything goes through.
 */
export const fast = <T extends object>(object: T): T => {
  const heir = Object.create(object) as { readonly toString: unknown };
  let found = 0;
  for (let use = 0; use < NOTICED; use += 1) if (heir.toString !== undefined) found += 1;
  return found === NOTICED ? object : { ...object };
};
