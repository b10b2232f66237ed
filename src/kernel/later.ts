/** Parts of `T` that are made when they are first used. */
export type Makers<T> = { readonly [Name in keyof T]?: () => T[Name] };

export interface Later {
  isMade(part: string): boolean;
  /** Makes all that are still to be made. */
  complete(): void;
}

/**
 * Gives `parts` some that are made when they are first used: most runs use few of them. Making one must
 * change nothing that the guest can see.
 */
export const makeLater = <T>(parts: object, makers: Makers<T>): Later => {
  const made = new Set<string>();
  for (const [name, make] of Object.entries<() => unknown>(makers as Record<string, () => unknown>)) {
    let part: unknown;
    const get = (): unknown => {
      if (part === undefined) {
        part = make();
        made.add(name);
      }
      return part;
    };
    Object.defineProperty(parts, name, { enumerable: true, get });
  }
  return {
    isMade: (name) => made.has(name),
    complete() {
      for (const name of Object.keys(makers)) Reflect.get(parts, name);
    },
  };
};
