import type { Btf, BtfType } from "./btf.ts";

/** GCC's names of the basic types, as headers write them. */
const BASIC: Readonly<Record<string, string>> = {
  "long unsigned int": "unsigned long",
  "long int": "long",
  "short unsigned int": "unsigned short",
  "short int": "short",
  "long long unsigned int": "unsigned long long",
  "long long int": "long long",
  "__int128 unsigned": "unsigned __int128",
};

/** Longer chains than any kernel type has; a cycle in hostile BTF ends here. */
const MAX_DEPTH = 64;

const specifier = (type: BtfType): string => {
  switch (type.kind) {
    case "int":
    case "float":
      return BASIC[type.name] ?? type.name;
    case "struct":
    case "union":
    case "enum":
      return type.name === "" ? `${type.kind} {...}` : `${type.kind} ${type.name}`;
    case "forward":
      return `${type.of} ${type.name}`;
    case "typedef":
      return type.name;
    default:
      return "void";
  }
};

const QUALIFIERS: ReadonlySet<string> = new Set(["const", "volatile", "restrict"]);

/** Skips qualifiers and attributes, not typedefs. */
const unqualified = (btf: Btf, id: number): BtfType => {
  let type = btf.type(id);
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    if (!QUALIFIERS.has(type.kind) && type.kind !== "tag") break;
    type = btf.type((type as { type: number }).type);
  }
  return type;
};

const join = (left: string, right: string): string =>
  right === "" ? left : right.startsWith("[") ? left + right : `${left} ${right}`;

/** Types a declaration may mention; more than any kernel function's, and an end for hostile BTF. */
const MAX_STEPS = 2000;

interface Progress {
  steps: number;
}

/**
 * The C declaration of `declarator` with type `id`: `declare(btf, id, "flags")` is "gfp_t flags",
 * with "" the type's own name. Nested function pointers without end come out as void.
 */
export const declare = (btf: Btf, id: number, declarator: string): string =>
  declareAt(btf, id, declarator, { steps: 0 });

const declareAt = (btf: Btf, id: number, declarator: string, progress: Progress): string => {
  progress.steps++;
  if (progress.steps > MAX_STEPS) return join("void", declarator);
  const type = btf.type(id);
  switch (type.kind) {
    case "pointer": {
      const target = unqualified(btf, type.type);
      const grouped = target.kind === "array" || target.kind === "prototype";
      return declareAt(btf, type.type, grouped ? `(*${declarator})` : `*${declarator}`, progress);
    }
    case "array":
      return declareAt(btf, type.element, `${declarator}[${type.count || ""}]`, progress);
    case "prototype":
      return declareAt(btf, type.result, `${declarator}(${parameters(btf, type, progress)})`, progress);
    case "const":
    case "volatile":
    case "restrict":
      if (unqualified(btf, type.type).kind === "pointer") {
        return declareAt(btf, type.type, join(type.kind, declarator), progress);
      }
      return `${type.kind} ${declareAt(btf, type.type, declarator, progress)}`;
    case "tag":
      return declareAt(btf, type.type, declarator, progress);
    default:
      return join(specifier(type), declarator);
  }
};

const parameters = (btf: Btf, type: Extract<BtfType, { kind: "prototype" }>, progress: Progress): string => {
  const list = type.parameters.map((one) => declareAt(btf, one.type, one.name, progress));
  if (type.variadic) list.push("...");
  return list.length === 0 ? "void" : list.join(", ");
};
