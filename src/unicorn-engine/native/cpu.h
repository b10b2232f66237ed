// The part of the emulated CPU's state that the public interface does not reach, or reaches slowly.
#pragma once
#include <cstddef>
#include <cstdint>
#include <unicorn/unicorn.h>

/// Indices of the shared register array; `regs, rip, rflags` as the architecture numbers them.
enum Register { RAX = 0, RSP = 4, RIP = 16, RFLAGS = 17, REGISTER_COUNT = 18 };

/// The live CPU inside the library: sixteen general registers, then RIP, then more.
/// Found by looking for values that were just written; null where that fails, and then everything
/// goes through the public interface.
uint64_t *find_live_registers(uc_engine *uc);

/// The translator's code buffer. The library crashes when it runs full, so it must be emptied before.
struct CodeBuffer {
  /// Where the next translation goes: a variable of the library. Null where it was not found.
  const uint64_t *volatile *next;
  const uint64_t *begin, *end;
};

/// Looks for the buffer of `size` bytes. Nothing may have been translated yet.
CodeBuffer find_code_buffer(uc_engine *uc, uint64_t size);

/// Where a saved context keeps the pending exception's fields, in bytes from its general registers.
struct ExceptionFields {
  bool known;
  ptrdiff_t error_code;
  ptrdiff_t in_flight;
};

/// Found once a process, with an engine of its own that takes a fault with a known error code.
const ExceptionFields &exception_fields();

void read_registers(uc_engine *uc, const uint64_t *live, uint64_t *out);
void write_registers(uc_engine *uc, uint64_t *live, const uint64_t *values);

bool write_msr(uc_engine *uc, uint32_t msr, uint64_t value);
uint64_t read_msr(uc_engine *uc, uint32_t msr);
