// Looking around in the library's own memory, for what its interface does not tell.
#pragma once
#include "guard.h"
#include <cstddef>
#include <cstdint>
#include <link.h>
#include <malloc.h>
#include <unicorn/unicorn.h>

/// Where the object file that holds the library lies, code and data.
struct LibraryRange {
  uint64_t start = UINT64_MAX, end = 0;
  bool holds(uint64_t address) const { return address >= start && address < end; }
};

inline const LibraryRange &library_range() {
  static const LibraryRange range = [] {
    LibraryRange found;
    auto look = +[](dl_phdr_info *object, size_t, void *data) {
      LibraryRange here;
      for (int i = 0; i < object->dlpi_phnum; i++) {
        const auto &segment = object->dlpi_phdr[i];
        if (segment.p_type != PT_LOAD) continue;
        const uint64_t start = object->dlpi_addr + segment.p_vaddr, end = start + segment.p_memsz;
        if (start < here.start) here.start = start;
        if (end > here.end) here.end = end;
      }
      if (!here.holds(reinterpret_cast<uint64_t>(&uc_open))) return 0;
      *static_cast<LibraryRange *>(data) = here;
      return 1;
    };
    dl_iterate_phdr(look, &found);
    return found;
  }();
  return range;
}

/// Calls `visit(index, pointer)` for each word of the engine structure that may point to data outside the
/// library itself. What it points to may be anything: read it guarded.
template <typename Visit> void each_pointer(uc_engine *uc, Visit visit) {
  const LibraryRange &library = library_range();
  auto words = reinterpret_cast<uint64_t *>(uc);
  const size_t count = malloc_usable_size(uc) / 8;
  for (size_t i = 0; i < count; i++) {
    const uint64_t word = words[i];
    const bool pointer = (word & 7) == 0 && word > 0x10000 && word < (1ull << 47);
    if (pointer && !library.holds(word)) visit(i, reinterpret_cast<uint64_t *>(word));
  }
}
