// The library knows fifteen more CPUs. Named here, they are not linked from its archive: 16 of 18 MB, and most of
// the time that loading the addon took, which went into relocating their tables.
#include <cstdlib>

#define OTHER_CPU(name)                                                      \
  extern "C" {                                                               \
  __attribute__((noreturn)) void uc_init_##name() { abort(); }              \
  __attribute__((noreturn)) void reg_read_##name() { abort(); }             \
  __attribute__((noreturn)) void reg_write_##name() { abort(); }            \
  }

OTHER_CPU(aarch64)
OTHER_CPU(arm)
OTHER_CPU(m68k)
OTHER_CPU(mips)
OTHER_CPU(mips64)
OTHER_CPU(mips64el)
OTHER_CPU(mipsel)
OTHER_CPU(ppc)
OTHER_CPU(ppc64)
OTHER_CPU(riscv32)
OTHER_CPU(riscv64)
OTHER_CPU(s390x)
OTHER_CPU(sparc)
OTHER_CPU(sparc64)
OTHER_CPU(tricore)
