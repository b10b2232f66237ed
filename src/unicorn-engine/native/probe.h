// Looking around in the library's own memory, for what its interface does not tell.
#pragma once
#include "guard.h"
#include <cstddef>
#include <cstdint>
#include <malloc.h>
#include <unicorn/unicorn.h>

/// Calls `visit(index, pointer)` for each word of the engine structure that may point to data. What it
/// points to may be anything: read it guarded.
template <typename Visit> void each_pointer(uc_engine *uc, Visit visit) {
  constexpr uint64_t CODE_DISTANCE = 1ull << 26;
  auto words = reinterpret_cast<uint64_t *>(uc);
  const size_t count = malloc_usable_size(uc) / 8;
  const uint64_t code = reinterpret_cast<uint64_t>(reinterpret_cast<void *>(&uc_open));
  for (size_t i = 0; i < count; i++) {
    const uint64_t word = words[i];
    const bool pointer = (word & 7) == 0 && word > 0x10000 && word < (1ull << 47);
    if (pointer && word + CODE_DISTANCE - code >= 2 * CODE_DISTANCE) visit(i, reinterpret_cast<uint64_t *>(word));
  }
}
