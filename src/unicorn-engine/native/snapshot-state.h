// What a snapshot keeps, and what the ways back share.
//
// What holds between restores: a frame that is not `known` equals its saved copy, no entry that maps it has
// its dirty bit set, and the TLB may not write to it without setting one. Frames that were once found dirty
// stay known: they are copied every time and their bits are left alone, because clearing a bit means
// flushing the TLB, which costs more than the copies.
#pragma once
#include "engine.h"
#include "tables.h"
#include <unordered_map>
#include <vector>

constexpr size_t SHADOW_PAGE = PAGE / 8;

struct LeafTable {
  uint64_t physical;
  /// Where the entry is that points here, and what it held. Its accessed bit says whether the CPU has walked
  /// through since.
  uint64_t parent;
  uint64_t parent_entry;
  /// The table as it was last looked at, from its first present entry to its last; empty until the CPU has
  /// walked through. Entries outside are the host's to add, and it marks the table then.
  std::vector<uint64_t> expected;
  unsigned first = 0;
};

/// What the TLB's content depends on besides the tables.
struct PagingState {
  uint64_t cr0, cr3, cr4, efer;
  bool operator==(const PagingState &other) const {
    return cr0 == other.cr0 && cr3 == other.cr3 && cr4 == other.cr4 && efer == other.efer;
  }
};

/// The library's whole CPU, found in a saved context. Copying it ourselves is worth it: the library's way ends
/// in an unaligned `rep movsb`, which takes longer than all the rest of going back.
struct CpuCopy {
  std::vector<uint8_t> bytes;
  /// Offsets of CR0 (with CR1 to CR4 behind it) and EFER. Zero where they could not be told apart.
  size_t cr0 = 0, efer = 0;
  uint64_t registers[REGISTER_COUNT] = {};
};

struct Snapshot {
  uint8_t *memory = nullptr;
  /// Of the engine's shadow, where it has one. A frame's shadow goes back with the frame.
  uint8_t *shadow = nullptr;
  uc_context *context = nullptr;
  /// Empty where the live registers are not known.
  CpuCopy cpu;
  PagingState paging = {};
  /// The tables cannot be followed by dirty bits (large pages, shared tables, no paging): compare everything.
  bool irregular = false;
  std::vector<LeafTable> leaves;
  /// Frames of the other tables.
  std::vector<uint32_t> uppers;
  /// One byte a frame: 1..4 where it is a table of this snapshot.
  std::vector<uint8_t> level;
  /// Executable frames and an address each can be executed at.
  std::unordered_map<uint64_t, uint64_t> code;
  std::vector<uint8_t> is_code;
  std::vector<uint8_t> is_known;
  std::vector<uint32_t> known;
  unsigned restores = 0;
};

/// Frames with memory behind them, as the kernel says; all of them where it does not.
std::vector<uint8_t> resident_frames(const uint8_t *memory, size_t size);
/// Puts one frame back, with its shadow.
void put_back(Engine *engine, const Snapshot *snapshot, uint64_t frame);
/// The same; true when it was changed code.
bool restore_frame(Engine *engine, const Snapshot *snapshot, uint32_t frame);
/// After `context` was saved: fills `cpu`.
void copy_cpu(Engine *engine, Snapshot *snapshot);
/// Control registers are as in the snapshot.
bool same_paging(Engine *engine, const Snapshot *snapshot);
PagingState paging_state(Engine *engine);
/// Everything but memory.
void finish_restore(Engine *engine, const Snapshot *snapshot);
void forget_translations(Engine *engine, const std::vector<uint64_t> &pages);

/// The tables were changed by the host: pages may be reachable, and written, through new entries.
/// Returns SIZE_MAX, having done nothing, where that cannot be followed.
size_t restore_tables(Engine *engine, Snapshot *snapshot, const std::vector<uint32_t> &host);
/// The guest may have changed its own tables: nothing is known, so compare all there is.
size_t restore_all(Engine *engine, Snapshot *snapshot);
