/** As much of JSON Schema as docs/report.schema.json uses. */
export interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly anyOf?: readonly Schema[];
}

const typeOf = (value: unknown): string => {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
};

/** What is wrong with `value`, one line each: "steps/0/errno: ...". */
export const violations = (root: Schema, value: unknown, schema: Schema = root, at = ""): string[] => {
  const wrong = (why: string): string[] => [`${at}: ${why}`];
  const inner = (next: Schema, part: unknown, name: string): string[] =>
    violations(root, part, next, at === "" ? name : `${at}/${name}`);
  if (schema.$ref !== undefined) {
    const target = root.$defs?.[schema.$ref.replace("#/$defs/", "")];
    return target === undefined ? wrong(`no ${schema.$ref}`) : violations(root, value, target, at);
  }
  if (schema.anyOf !== undefined) {
    const tries = schema.anyOf.map((each) => violations(root, value, each, at));
    return tries.some((each) => each.length === 0) ? [] : tries.flat();
  }
  const types = [schema.type ?? []].flat();
  const type = typeOf(value);
  if (types.length > 0 && !types.includes(type)) return wrong(`is ${type}, not ${types.join(" or ")}`);
  if (schema.const !== undefined && value !== schema.const) return wrong(`is not ${String(schema.const)}`);
  if (schema.enum !== undefined && !schema.enum.includes(value))
    return wrong(`${String(value)} is not listed`);
  if (typeof value === "string" && schema.pattern !== undefined && !new RegExp(schema.pattern).test(value)) {
    return wrong(`${JSON.stringify(value)} does not match ${schema.pattern}`);
  }
  if (typeof value === "number" && schema.minimum !== undefined && value < schema.minimum) {
    return wrong(`${value} is too small`);
  }
  const { items, properties = {} } = schema;
  if (Array.isArray(value)) {
    return items === undefined ? [] : value.flatMap((each, index) => inner(items, each, String(index)));
  }
  if (type !== "object") return [];
  const record = value as Readonly<Record<string, unknown>>;
  return [
    ...(schema.required ?? []).filter((name) => !(name in record)).map((name) => `${at}: no ${name}`),
    ...Object.entries(record).flatMap(([name, part]) => {
      const known = properties[name];
      if (known !== undefined) return inner(known, part, name);
      return schema.additionalProperties === false ? wrong(`${name} is not in the schema`) : [];
    }),
  ];
};
