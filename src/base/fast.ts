/**
 * V8 keeps object literals with getters, and objects that grew field by field, as dictionaries: every
 * use is a look-up. An object that has been used as a prototype becomes a fast one again. Returns it.
 */
export const fast = <T extends object>(object: T): T => {
  const heir = Object.create(object) as { readonly toString: unknown };
  // Each look-up through it settles the prototype; the first ones may come before V8 takes notes.
  for (let use = 0; use < 3; use += 1) if (heir.toString === undefined) break;
  return object;
};
