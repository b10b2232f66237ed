import { describe, expectTypeOf, it } from "vitest";
import type {
  Arguments,
  FnPtr,
  FunctionArguments,
  FunctionResult,
  IoPtr,
  Pair,
  PrototypeError,
  PrototypeErrors,
  Ptr,
  Result,
  UserPtr,
} from "../../src/abi/prototype-types.ts";

/** Exact equality: flavours are optional properties, which plain comparison would let through. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : ["differs", A];
const same = <T extends true>(): T => true as T;

describe("Arguments", () => {
  it("infers integers, pointers and their flavours", () => {
    same<
      Same<
        Arguments<"void *__kmalloc(size_t size, gfp_t flags)">,
        { readonly size: number; readonly flags: number }
      >
    >();
    same<Same<Arguments<"void kfree(const void *objp)">, { readonly objp: Ptr<"void"> }>>();
    same<Same<Arguments<"void mutex_lock(struct mutex *lock)">, { readonly lock: Ptr<"struct mutex"> }>>();
    same<
      Same<
        Arguments<"unsigned long f(unsigned long a, u64 b, unsigned int c, bool d, enum pid_type e, const char *const *v)">,
        {
          readonly a: bigint;
          readonly b: bigint;
          readonly c: number;
          readonly d: boolean;
          readonly e: number;
          readonly v: Ptr<"char *">;
        }
      >
    >();
  });

  it("tells user and device pointers from kernel ones", () => {
    same<
      Same<
        Arguments<"unsigned long _copy_from_user(void *to, const void __user *from, unsigned long n)">,
        { readonly to: Ptr<"void">; readonly from: UserPtr<"void">; readonly n: bigint }
      >
    >();
    same<
      Same<
        Arguments<"void iowrite32(u32 v, void __iomem *addr)">,
        { readonly v: number; readonly addr: IoPtr<"void"> }
      >
    >();
  });

  it("reads function pointers, line breaks, arrays, typedefs and variadics", () => {
    same<
      Same<
        Arguments<`void sort(void *base, size_t num, size_t size,
            int (*cmp)(const void *, const void *), void (*swap)(void *, void *, int))`>,
        {
          readonly base: Ptr<"void">;
          readonly num: number;
          readonly size: number;
          readonly cmp: FnPtr<"int (*)(const void *, const void *)">;
          readonly swap: FnPtr<"void (*)(void *, void *, int)">;
        }
      >
    >();
    same<
      Same<
        Arguments<"struct task_struct *kthread_create_on_node(int (*threadfn)(void *data), void *data, int node, const char namefmt[], ...)">,
        {
          readonly threadfn: FnPtr<"int (*)(void *data)">;
          readonly data: Ptr<"void">;
          readonly node: number;
          readonly namefmt: Ptr<"char">;
        }
      >
    >();
    same<
      Same<
        Arguments<"int f(void (*enroll)(int (*)(void), int), unsigned long n)">,
        { readonly enroll: FnPtr<"void (*)(int (*)(void), int)">; readonly n: bigint }
      >
    >();
    expectTypeOf<Arguments<"void f(void)">>().toEqualTypeOf<{}>();
    same<
      Same<Arguments<"void f(work_func_t fn)">, { readonly fn: FnPtr<"void (*)(struct work_struct *)"> }>
    >();
    same<Same<Arguments<"void f(struct timespec64 ts)">, { readonly ts: Pair }>>();
  });

  it("refuses what it does not know", () => {
    same<
      Same<
        Arguments<"void f(frob_t x)">["x"],
        PrototypeError<'unknown type "frob_t": see src/abi/typedefs.ts'>
      >
    >();
    same<Same<PrototypeErrors<"void f(int x)">, never>>();
    same<Same<PrototypeErrors<"frob_t f(int x)">, 'unknown type "frob_t": see src/abi/typedefs.ts'>>();
  });
});

describe("Result", () => {
  it("infers the returned value", () => {
    same<Same<Result<"void f(void)">, undefined>>();
    same<Same<Result<"bool f(void)">, boolean>>();
    same<Same<Result<"unsigned long f(void)">, bigint>>();
    same<Same<Result<"size_t strlen(const char *s)">, number>>();
    same<Same<Result<"struct workqueue_struct *f(const char *fmt, ...)">, Ptr<"struct workqueue_struct">>>();
    same<Same<Result<"void *f(size_t n)">, Ptr<"void">>>();
    same<Same<Result<"void __iomem *ioremap(phys_addr_t offset, size_t size)">, IoPtr<"void">>>();
  });
});

describe("function pointer types", () => {
  it("gives the tuple and the result of a call through them", () => {
    same<Same<FunctionResult<"int (*)(const void *, const void *)">, number>>();
    same<Same<FunctionArguments<"int (*)(const void *a, unsigned long)">, [Ptr<"void">, bigint]>>();
    same<Same<FunctionResult<"void *(*)(gfp_t, void *)">, Ptr<"void">>>();
  });
});

describe("flavours", () => {
  it("keep pointers apart, but not from void pointers and computed addresses", () => {
    expectTypeOf<Ptr<"struct file">>().not.toExtend<Ptr<"struct mutex">>();
    expectTypeOf<Ptr<"struct file">>().toExtend<Ptr<"void">>();
    expectTypeOf<Ptr<"void">>().toExtend<Ptr<"struct file">>();
    expectTypeOf<number>().toExtend<Ptr<"struct file">>();
    expectTypeOf<UserPtr<"void">>().not.toExtend<number>();
  });
});
