// The guest's page tables, as the CPU walks them (Intel SDM vol. 3, 4.5), read from host code.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

constexpr uint64_t PTE_PRESENT = 1, PTE_USER = 4, PTE_ACCESSED = 1 << 5, PTE_DIRTY = 1 << 6, PTE_LARGE = 1 << 7,
                   PTE_NO_EXECUTE = 1ull << 63, PTE_ADDRESS = 0x000ffffffffff000ull;
constexpr unsigned TABLE_ENTRIES = 512;
constexpr size_t PAGE = 4096;

inline uint64_t *table_at(uint8_t *ram, uint64_t physical) { return reinterpret_cast<uint64_t *>(ram + (physical & PTE_ADDRESS)); }

/// A table must lie in memory; the guest may write anything into its entries.
inline bool table_inside(size_t ram_size, uint64_t entry) { return (entry & PTE_ADDRESS) < ram_size; }

/// Sign-extends bit 47.
inline uint64_t canonical(uint64_t address) { return uint64_t(int64_t(address << 16) >> 16); }

/// Calls `leaf(uint64_t *table, uint64_t physical, uint64_t *parent, uint64_t base)` for each last-level
/// table below `root`, and `upper(physical)` for each other one; `large()` for a large page or a table used
/// at two places of the tree, which this walk does not enter twice.
/// `seen`: one byte a frame, all zero; afterwards the level (1..4) of each table.
template <typename Leaf, typename Upper, typename Large>
void walk_tables(uint8_t *ram, size_t ram_size, uint64_t root, uint8_t *seen, Leaf leaf, Upper upper, Large large) {
  struct Place {
    uint64_t physical, base;
    unsigned level, index;
  } stack[4];
  if (!table_inside(ram_size, root)) return large();
  int depth = 0;
  stack[0] = {root & PTE_ADDRESS, 0, 4, 0};
  seen[(root & PTE_ADDRESS) / PAGE] = 4;
  upper(root & PTE_ADDRESS);
  while (depth >= 0) {
    Place &at = stack[depth];
    if (at.index == TABLE_ENTRIES) {
      depth--;
      continue;
    }
    uint64_t *entry = table_at(ram, at.physical) + at.index;
    const uint64_t base = at.base | uint64_t(at.index) << (12 + 9 * (at.level - 1));
    at.index++;
    if (!(*entry & PTE_PRESENT)) continue;
    if (!table_inside(ram_size, *entry) || (at.level < 4 && (*entry & PTE_LARGE))) {
      large();
      continue;
    }
    uint8_t &mark = seen[(*entry & PTE_ADDRESS) / PAGE];
    if (mark != 0) {
      large();
      continue;
    }
    mark = uint8_t(at.level - 1);
    if (at.level == 2) {
      leaf(table_at(ram, *entry), *entry & PTE_ADDRESS, entry, canonical(base));
      continue;
    }
    upper(*entry & PTE_ADDRESS);
    stack[depth + 1] = {*entry & PTE_ADDRESS, base, at.level - 1, 0};
    depth++;
  }
}

/// The last-level entry for a guest-virtual address, or null where no 4 KiB page is mapped.
inline uint64_t *find_entry(uint8_t *ram, size_t ram_size, uint64_t root, uint64_t address) {
  uint64_t table = root;
  for (unsigned level = 4;; level--) {
    if (!table_inside(ram_size, table)) return nullptr;
    uint64_t *entry = table_at(ram, table) + (address >> (12 + 9 * (level - 1)) & (TABLE_ENTRIES - 1));
    if (!(*entry & PTE_PRESENT)) return nullptr;
    if (level == 1) return entry;
    if (level < 4 && (*entry & PTE_LARGE)) return nullptr;
    table = *entry;
  }
}
