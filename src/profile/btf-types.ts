/** One BTF type; `type`, `element`, `index` and `result` are ids, 0 is void (Documentation/bpf/btf.rst). */
export type BtfType =
  | { readonly kind: "void" }
  | {
      readonly kind: "int";
      readonly name: string;
      readonly size: number;
      readonly bits: number;
      readonly encoding: "unsigned" | "signed" | "char" | "bool";
    }
  | { readonly kind: "float"; readonly name: string; readonly size: number }
  | { readonly kind: "pointer"; readonly type: number }
  | { readonly kind: "array"; readonly element: number; readonly index: number; readonly count: number }
  | {
      readonly kind: "struct" | "union";
      readonly name: string;
      readonly size: number;
      readonly members: readonly BtfMember[];
    }
  | {
      readonly kind: "enum";
      readonly name: string;
      readonly size: number;
      readonly signed: boolean;
      readonly values: readonly BtfEnumerator[];
    }
  | { readonly kind: "forward"; readonly name: string; readonly of: "struct" | "union" }
  | { readonly kind: "typedef" | "tag" | "variable"; readonly name: string; readonly type: number }
  | { readonly kind: "const" | "volatile" | "restrict"; readonly type: number }
  | { readonly kind: "function"; readonly name: string; readonly type: number }
  | {
      readonly kind: "prototype";
      readonly result: number;
      readonly parameters: readonly BtfParameter[];
      readonly variadic: boolean;
    }
  | { readonly kind: "section"; readonly name: string; readonly variables: readonly BtfVariable[] }
  | { readonly kind: "annotation"; readonly name: string; readonly type: number };

export interface BtfMember {
  /** Empty for an anonymous struct or union. */
  readonly name: string;
  readonly type: number;
  readonly bitOffset: number;
  /** 0 when it is not a bit field. */
  readonly bitSize: number;
}

export interface BtfParameter {
  readonly name: string;
  readonly type: number;
}

export interface BtfEnumerator {
  readonly name: string;
  readonly value: bigint;
}

export interface BtfVariable {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
}
