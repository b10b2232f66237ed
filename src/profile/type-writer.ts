import { isNumberType } from "./field-access.ts";
import type { Profile } from "./profile.ts";
import type { StructField } from "./struct-layout.ts";

const HEAD = `// Generated from the kernel's BTF: run \`kobox profile --types FILE\`; do not edit.
import type { FnPtr, Ptr } from "../abi/prototype-types.ts";
import type { ArrayView, ByteArrayView, View } from "./struct-view.ts";

`;

/** How often a typedef may stand for another. */
const MAX_TYPEDEFS = 16;

const pointerType = (profile: Profile, ctype: string): string => {
  let text = ctype;
  for (let depth = 0; depth < MAX_TYPEDEFS && !text.includes("*"); depth++) {
    text = profile.typedef(text) ?? "void *";
  }
  if (text.includes("(*")) return `FnPtr<${JSON.stringify(text)}>`;
  const plain = text
    .replace(/\b(const|volatile|restrict)\b/g, " ")
    .replace(/\*\s*$/, "")
    .replace(/\s+/g, " ")
    .trim();
  return plain === "void" || plain === "" ? "Ptr" : `Ptr<${JSON.stringify(plain)}>`;
};

const elementType = (profile: Profile, field: StructField, ctype: string): string => {
  const { type, bits } = field;
  switch (type.kind) {
    case "bool":
      return "boolean";
    case "pointer":
      return pointerType(profile, ctype);
    case "struct":
      return `StructTypes[${JSON.stringify(type.struct)}]`;
    case "int":
      if (bits !== undefined) return bits.width > 32 ? "bigint" : "number";
      if (type.size > 8) return "undefined";
      return type.size < 8 || isNumberType(ctype) ? "number" : "bigint";
    default:
      return "undefined";
  }
};

const fieldType = (profile: Profile, field: StructField): string => {
  const { dimensions, type } = field;
  const bare = dimensions.length === 0 ? field.ctype : field.ctype.replace(/\[\d*\]/g, "").trim();
  const element = elementType(profile, field, bare);
  const isText = dimensions.length > 0 && type.kind === "int" && type.size === 1;
  const inner = isText ? "ByteArrayView" : element;
  return dimensions.slice(isText ? 1 : 0).reduce((text) => `ArrayView<${text}>`, inner);
};

const isReadOnly = (field: StructField): boolean =>
  field.dimensions.length > 0 || field.type.kind === "struct" || field.type.kind === "unknown";

/** `names` and the structs that they hold by value, and those by value in these. */
const closure = (profile: Profile, names: readonly string[]): string[] => {
  const found = new Set<string>();
  const queue = [...names];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const layout = profile.struct(name);
    if (layout === undefined || found.has(name)) continue;
    found.add(name);
    for (const field of layout.fieldNames) {
      const type = layout.field(field)?.type;
      if (type?.kind === "struct") queue.push(type.struct);
    }
  }
  return [...found].sort();
};

const key = (name: string): string => (/^\w+$/.test(name) ? name : JSON.stringify(name));

const interfaceText = (profile: Profile, name: string): string => {
  const layout = profile.struct(name);
  const lines = (layout?.fieldNames ?? []).map((fieldName) => {
    const field = layout?.field(fieldName);
    if (field === undefined) return "";
    return `    ${isReadOnly(field) ? "readonly " : ""}${fieldName}: ${fieldType(profile, field)};`;
  });
  return [`  ${key(name)}: View & {`, ...lines, "  };"].join("\n");
};

/** TypeScript text: `StructTypes`, with the views of `names` and of what they hold. */
export const writeStructTypes = (profile: Profile, names: readonly string[]): string =>
  `${HEAD}export interface StructTypes {\n${closure(profile, names)
    .map((name) => interfaceText(profile, name))
    .join("\n")}\n}\n`;
