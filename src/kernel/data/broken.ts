/** A structure in guest memory leads round in a circle: the kernel's own loop would never end. */
export class BrokenStructure extends Error {
  override readonly name = "BrokenStructure";
}
