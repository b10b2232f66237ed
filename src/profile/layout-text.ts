import type { Btf, BtfMember, BtfType } from "./btf.ts";
import { declare } from "./c-text.ts";

/** A struct or union as one line of the profile's `structs` table; struct-layout.ts reads it. */
export interface LayoutLine {
  readonly key: string;
  readonly text: string;
}

type Aggregate = Extract<BtfType, { kind: "struct" | "union" }>;

/** Deeper nesting than any kernel type has; a cycle in hostile BTF ends here. */
const MAX_DEPTH = 32;
/** In all structs together; Linux 6.12 has about 80,000. */
const MAX_MEMBERS = 150_000;

export interface LayoutWriter {
  /** Adds the struct or union of this id and those it holds by value; one without any name is skipped. */
  add(id: number): void;
  lines(): LayoutLine[];
}

/** Follows typedefs, qualifiers and attributes to the type itself. */
export const resolve = (btf: Btf, id: number): { readonly type: BtfType; readonly id: number } => {
  let at = id;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const type = btf.type(at);
    switch (type.kind) {
      case "typedef":
      case "tag":
      case "const":
      case "volatile":
      case "restrict":
        at = type.type;
        continue;
      default:
        return { type, id: at };
    }
  }
  return { type: { kind: "void" }, id: 0 };
};

/** Where an unnamed member's own members go: into the struct `key`, `bits` from its start. */
interface Place {
  readonly key: string;
  readonly bits: number;
  readonly depth: number;
}

export const createLayoutWriter = (btf: Btf): LayoutWriter => {
  const keys = new Map<number, string>();
  const texts = new Map<string, string>();

  const unnamed = typedefNames(btf);

  /** Its key, which is its tag, else the typedef that names it, else `fallback`. */
  const add = (id: number, fallback: string | undefined): string | undefined => {
    const found = resolve(btf, id);
    const { type } = found;
    if (type.kind !== "struct" && type.kind !== "union") return undefined;
    const known = keys.get(found.id);
    if (known !== undefined) return known;
    const wanted = type.name === "" ? (unnamed.get(found.id) ?? fallback) : type.name;
    if (wanted === undefined) return undefined;
    // Two structs of one name in different files: the first one keeps it.
    const key = texts.has(wanted) ? `${wanted}#${found.id}` : wanted;
    keys.set(found.id, key);
    texts.set(key, "");
    queue.push({ key, type });
    return key;
  };

  /** Aggregates whose key is given but whose text is not written: a queue, as nesting may be deep. */
  const queue: { readonly key: string; readonly type: Aggregate }[] = [];
  const drain = (): void => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const { key, type } = next;
      texts.set(key, [`${type.kind}:${type.size}`, ...members(type, { key, bits: 0, depth: 0 })].join("\t"));
    }
  };

  /** Flattening an unnamed struct that holds itself, or two of a kind that hold two, must end. */
  let left = MAX_MEMBERS;
  const members = (type: Aggregate, place: Place): string[] =>
    place.depth > MAX_DEPTH ? [] : type.members.flatMap((member) => memberTexts(member, place));

  const memberTexts = (member: BtfMember, { key, bits: baseBits, depth }: Place): string[] => {
    if (left-- <= 0) return [];
    const bits = baseBits + member.bitOffset;
    if (member.name === "") {
      const inner = resolve(btf, member.type).type;
      return inner.kind === "struct" || inner.kind === "union"
        ? members(inner, { key, bits, depth: depth + 1 })
        : [];
    }
    const code = typeCode(member.type, `${key}.${member.name}`, 0);
    const ctype = declare(btf, member.type, "");
    const short = shortened(code, ctype);
    if (member.bitSize === 0) return [`${member.name}:${bits / 8}:${short}:${ctype}`];
    const size = sizeOf(member.type);
    const unit = Math.floor(bits / (8 * size)) * size;
    return [`${member.name}:${unit}:${short}.${bits - unit * 8}.${member.bitSize}:${ctype}`];
  };

  const sizeOf = (id: number): number => {
    const { type } = resolve(btf, id);
    return "size" in type && type.size > 0 ? type.size : 1;
  };

  const typeCode = (id: number, fallback: string, depth: number): string => {
    const { type } = resolve(btf, id);
    switch (type.kind) {
      case "int":
        if (type.encoding === "bool") return `b${type.size}`;
        return `${type.encoding === "unsigned" ? "u" : "i"}${type.size}`;
      case "enum":
        return `${type.signed ? "i" : "u"}${type.size}`;
      case "float":
        return `f${type.size}`;
      case "pointer":
        return "p";
      case "array":
        if (depth > MAX_DEPTH) return "?";
        return arrayCode(typeCode(type.element, fallback, depth + 1), type.count);
      case "struct":
      case "union":
        return `s${add(id, fallback) ?? ""}`;
      default:
        return "?";
    }
  };

  return {
    add(id) {
      add(id, undefined);
      drain();
    },
    lines: () => [...texts].map(([key, text]) => ({ key, text })),
  };
};

/** Leaves out what the C type says already: "slist_head[2]" of "struct list_head[2]" is "s[2]". */
const shortened = (code: string, ctype: string): string =>
  code.startsWith("s") && `struct ${code.slice(1)}` === ctype
    ? `s${code.slice((code + "[").indexOf("["))}`
    : code;

/** Outer dimension first, as C writes it. */
const arrayCode = (element: string, count: number): string => {
  const at = element.indexOf("[");
  return at < 0 ? `${element}[${count}]` : `${element.slice(0, at)}[${count}]${element.slice(at)}`;
};

/** Unnamed structs and unions that a typedef names (atomic_t), by id. */
const typedefNames = (btf: Btf): Map<number, string> => {
  const names = new Map<number, string>();
  for (let id = btf.firstId; id < btf.endId; id++) {
    const type = btf.type(id);
    if (type.kind !== "typedef") continue;
    const target = btf.type(type.type);
    if (
      (target.kind === "struct" || target.kind === "union") &&
      target.name === "" &&
      !names.has(type.type)
    ) {
      names.set(type.type, type.name);
    }
  }
  return names;
};
