import type { Address } from "../base/address.ts";
import { type ByteString, byteStringToBytes } from "../base/bytes.ts";
import { KoboxError } from "../base/errors.ts";
import type { GuestMemory } from "../machine/memory.ts";
import { type Accessor, bitFieldAccessor, scalarAccessor } from "./field-access.ts";
import type { Profile } from "./profile.ts";
import type { FieldType, StructField, StructLayout } from "./struct-layout.ts";
import type { StructTypes } from "./struct-types.ts";

/** What all struct views have beside their fields. */
export interface View {
  readonly $address: Address;
  /** Bytes. */
  readonly $size: number;
}

/** An array inside a struct. `at` and `set` throw RangeError outside, except for flexible arrays. */
export interface ArrayView<T> extends View {
  /** Elements; 0 for a flexible array. */
  readonly length: number;
  at(index: number): T;
  set(index: number, value: T): void;
}

/** An array of char or u8. */
export interface ByteArrayView extends ArrayView<number> {
  /** Up to the first NUL or the end. Setting cuts what does not fit, a NUL always does (strscpy). */
  text: ByteString;
}

/** Views of guest structures, compiled once a struct. */
export interface StructViews {
  /** A struct's fields as properties that read and write guest memory. KoboxError "no-struct". */
  view<Name extends keyof StructTypes>(name: Name, address: Address): StructTypes[Name];
  /** The same for a struct whose name is known only at run time. */
  untyped(name: string, address: Address): View & Record<string, unknown>;
  /** Bytes. KoboxError "no-struct". */
  sizeOf(name: string): number;
  /** Bytes from the struct's start, for container_of. KoboxError "no-struct" also for a missing field. */
  offsetOf(name: string, field: string): number;
}

type Maker = (address: Address) => unknown;

/** Views on `memory` with the layouts of `profile`. */
export const createStructViews = (profile: Profile, memory: GuestMemory): StructViews => {
  const makers = new Map<string, Maker>();
  /** By struct, then path. */
  const offsets = new Map<string, Map<string, number>>();
  const layoutOf = (name: string): StructLayout => {
    const layout = profile.struct(name);
    if (layout !== undefined) return layout;
    throw new KoboxError("no-struct", `kernel profile ${profile.release} has no layout of struct ${name}`);
  };
  const makerOf = (name: string): Maker => {
    let maker = makers.get(name);
    if (maker === undefined) {
      maker = compileStruct(layoutOf(name), { memory, makerOf });
      makers.set(name, maker);
    }
    return maker;
  };
  const offsetIn = (struct: string, path: string): number | undefined => {
    const layout = layoutOf(struct);
    const dot = path.indexOf(".");
    if (dot < 0) return layout.offset(path);
    const outer = layout.field(path.slice(0, dot));
    if (outer?.type.kind !== "struct") return undefined;
    const inner = offsetIn(outer.type.struct, path.slice(dot + 1));
    return inner === undefined ? undefined : outer.offset + inner;
  };
  return {
    view: <Name extends keyof StructTypes>(name: Name, address: Address) =>
      makerOf(name)(address) as StructTypes[Name],
    untyped: (name, address) => makerOf(name)(address) as View & Record<string, unknown>,
    sizeOf: (name) => layoutOf(name).size,
    offsetOf(name, path) {
      const known = offsets.get(name)?.get(path);
      if (known !== undefined) return known;
      const offset = offsetIn(name, path);
      if (offset === undefined) {
        const what = `kernel profile ${profile.release}: struct ${name} has no ${path}`;
        throw new KoboxError("no-struct", what);
      }
      const those = offsets.get(name) ?? new Map<string, number>();
      offsets.set(name, those.set(path, offset));
      return offset;
    },
  };
};

interface Context {
  readonly memory: GuestMemory;
  makerOf(struct: string): Maker;
}

/** One constructor a struct, so that the CPU's caches see one hidden class and one getter a field. */
const compileStruct = (layout: StructLayout, context: Context): Maker => {
  class StructView {
    // No class field: defining one costs half a microsecond a view once there are many structs.
    declare $address: Address;
    constructor(address: Address) {
      this.$address = address;
    }
    get $size(): number {
      return layout.size;
    }
  }
  // Where the search for something to set ends: the constructor must not ask the proxy.
  StructView.prototype.$address = 0;
  Object.setPrototypeOf(StructView.prototype, fieldsAtFirstUse(layout, StructView.prototype, context));
  return (address) => new StructView(address);
};

/**
 * Stands behind a prototype, is asked for each field that it does not have yet, and puts it there: most
 * fields of a big struct are never used.
 */
const fieldsAtFirstUse = (layout: StructLayout, prototype: View, context: Context): object => {
  const define = (name: string | symbol): Accessor | undefined => {
    const field = typeof name === "string" ? layout.field(name) : undefined;
    if (field === undefined) return undefined;
    const { get, set } = fieldAccessor(field, context);
    Object.defineProperty(prototype, name, {
      get(this: View) {
        return get(this.$address);
      },
      set(this: View, value: never) {
        set(this.$address, value);
      },
    });
    return { get, set };
  };
  return new Proxy(Object.prototype, {
    has: (object, name) =>
      Reflect.has(object, name) || (typeof name === "string" && layout.field(name) !== undefined),
    get(object, name, view: View) {
      const field = define(name);
      return field === undefined ? Reflect.get(object, name) : field.get(view.$address);
    },
    set(_, name, value: never, view: View) {
      const field = define(name);
      field?.set(view.$address, value);
      return field !== undefined;
    },
  });
};

const readOnly = (name: string) => (): never => {
  throw new TypeError(`${name} is not a single value: set its fields or elements`);
};

const missing = (name: string): Accessor => ({ get: () => undefined, set: readOnly(name) });

const fieldAccessor = (field: StructField, context: Context): Accessor => {
  const { memory } = context;
  const { name, offset, type, dimensions, ctype, bits } = field;
  if (dimensions.length > 0) {
    const make = arrayMaker(type, dimensions, ctype, context);
    return { get: (base) => make(base + offset), set: readOnly(name) };
  }
  if (bits !== undefined) return bitFieldAccessor(memory, offset, type, bits);
  if (type.kind === "struct") {
    const maker = lazily(() => context.makerOf(type.struct));
    return { get: (base) => maker()(base + offset), set: readOnly(name) };
  }
  return scalarAccessor(memory, offset, type, ctype) ?? missing(name);
};

const lazily = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => (made ??= make());
};

/** What follows a dimension is the element's C type: only its name matters here. */
const arrayMaker = (
  type: FieldType,
  dimensions: readonly number[],
  ctype: string,
  context: Context,
): Maker => {
  const [length = 0, ...inner] = dimensions;
  const element = elementAccessor(type, inner, ctype, context);
  const at = (base: Address, index: number): Address => {
    if (!Number.isInteger(index) || index < 0 || (index >= length && length > 0)) {
      throw new RangeError(`index ${index} is outside an array of ${length}`);
    }
    return base + index * element.size;
  };
  const isText = inner.length === 0 && type.kind === "int" && type.size === 1;
  return (base) => {
    const view: ArrayView<never> = {
      $address: base,
      $size: length * element.size,
      length,
      at: (index) => element.get(at(base, index)) as never,
      set: (index, value) => element.set(at(base, index), value),
    };
    return isText ? withText(view, context.memory) : view;
  };
};

const withText = (view: ArrayView<never>, memory: GuestMemory): object =>
  Object.defineProperty(view, "text", {
    get: () => memory.cstring(view.$address, view.length || undefined),
    set(text: ByteString) {
      const room = view.length === 0 ? text.length : view.length - 1;
      memory.write(view.$address, byteStringToBytes(`${text.slice(0, room)}\0`));
    },
  });

const elementAccessor = (
  type: FieldType,
  dimensions: readonly number[],
  ctype: string,
  context: Context,
): Accessor & { readonly size: number } => {
  if (dimensions.length > 0) {
    const make = arrayMaker(type, dimensions, ctype, context);
    return { get: make, set: readOnly("an inner array"), size: (make(0) as View).$size };
  }
  if (type.kind === "struct") {
    const maker = context.makerOf(type.struct);
    return { get: maker, set: readOnly("a struct"), size: (maker(0) as View).$size };
  }
  const accessor = scalarAccessor(context.memory, 0, type, ctype.replace(/\[\d*\]/g, "").trim());
  return { ...(accessor ?? missing("an element")), size: type.kind === "unknown" ? 1 : type.size };
};
