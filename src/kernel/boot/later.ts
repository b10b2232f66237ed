import type { Kernel } from "../kernel.ts";

type Makers = { readonly [Name in keyof Kernel]?: () => Kernel[Name] };

/**
 * Gives the kernel parts that are made when they are first used: most runs use few of them. Making one must
 * change nothing that the guest can see.
 */
export const makeLater = (parts: object, makers: Makers): Pick<Kernel, "isMade" | "complete"> => {
  const made = new Map<string, unknown>();
  for (const [name, make] of Object.entries(makers)) {
    let part: unknown;
    const get = (): unknown => {
      if (part === undefined) made.set(name, (part = make()));
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
