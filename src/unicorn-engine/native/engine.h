// One emulated machine: a CPU, its memory, and the counters the host shares with it.
#pragma once
#include "cpu.h"
#include "snapshot.h"
#include <cstddef>
#include <cstdint>
#include <unicorn/unicorn.h>
#include <vector>

enum Stop {
  STOP_HLT,
  STOP_EXCEPTION,
  STOP_BUDGET,
  STOP_WALL_CLOCK,
  STOP_ENGINE_ERROR,
  STOP_FATAL,
  STOP_CHECK,
  /// Not for the host: the translations must be dropped, then the run goes on.
  STOP_CODE_FULL
};
enum Resume { RESUME_ALL = 1 };
enum StopField { STOP_VECTOR, STOP_ERROR_CODE, STOP_CR2, STOP_ERROR, STOP_SIGNAL };
enum Counter { INSTRUCTIONS, BLOCKS, LIMIT, DEADLINE, NEW_EDGES, FRAME_LIMIT, FRAME_FIRST };
enum Control { CONTROL_CR3, CONTROL_FS_BASE, CONTROL_GS_BASE, CONTROL_KERNEL_GS_BASE, CONTROL_CR0, CONTROL_CR4, CONTROL_EFER, CONTROL_COUNT };

/// Shared with the host. All of it is plain data that it may write at any time outside `resume`.
struct Shared {
  uint64_t registers[REGISTER_COUNT];
  /// By StopField.
  uint64_t stop[8];
  /// By Counter. The deadline is in milliseconds of CLOCK_MONOTONIC.
  double counters[8];
};

constexpr size_t VIOLATION_LIMIT = 256;

/// Shared with the host. The first accesses that the shadow forbade, and how many there were.
struct Violations {
  uint64_t count;
  /// The host sets it to have the run stopped.
  uint64_t stop;
  struct {
    uint64_t rip;
    /// Guest-physical.
    uint64_t address;
    /// size | write << 8 | shadow byte << 16
    uint64_t access;
  } list[VIOLATION_LIMIT];
};

/// A translated block as the counters know it.
struct Block {
  uint64_t address;
  uint16_t size;
  uint16_t instructions;
  /// Of the coverage that has listed it.
  uint32_t epoch;
};

constexpr size_t BLOCK_CACHE = 1 << 14;
constexpr size_t EDGE_MAP = 1 << 16;
constexpr size_t MAX_CONTEXTS = 1 << 16;

struct Coverage {
  bool on = false;
  uint32_t epoch = 1;
  uint64_t previous = 0;
  uint64_t new_edges = 0;
  uint8_t *map = nullptr;
  std::vector<uint64_t> blocks;
  /// Open addressing, a power of two in size, at most half full; 0 is empty.
  std::vector<uint64_t> seen;
};

struct Engine {
  uc_engine *uc = nullptr;
  /// See find_live_registers.
  uint64_t *live = nullptr;
  Shared *shared = nullptr;
  uint8_t *ram = nullptr;
  size_t ram_size = 0;
  uint8_t *host_dirty = nullptr;
  uint8_t *shadow = nullptr;
  Violations *violations = nullptr;
  Block *cache = nullptr;
  Coverage coverage;
  Snapshot *snapshot = nullptr;
  std::vector<uc_context *> contexts;

  int vector = -1;
  int reason = STOP_HLT;
  /// Where the run stopped, when the CPU does not know.
  uint64_t stop_address = 0;
  /// Where the next run begins.
  uint64_t rip = 0;
  uint64_t instructions = 0, blocks = 0, limit = 0;
  /// The instruction count at which to look at limit and clock; `next_event` is that, or 0 to look at each block.
  uint64_t event_at = 0, next_event = 0;
  double deadline = 0;
  /// The translator's next place, and the place at which its buffer must be emptied. Without the library's
  /// variable, `code_next` is ours, and `learn_block` guesses.
  const uint64_t *volatile *code_next = nullptr;
  const uint64_t *code_limit = nullptr;
  const uint64_t *volatile code_guess = nullptr;
  /// The parts of a load across pages that are still to come.
  struct {
    unsigned expected, size, rest;
  } crossing = {0, 0, 0};

  bool checks = false;
  bool running = false;
  int dead_signal = 0;
  bool closed = false;
  /// One for each thing that JavaScript can reach it by.
  int references = 0;
};

/// From here on guesses how full the translator's buffer is.
void guess_code_buffer(Engine *engine);

/// Makes an engine, with one reference, or returns null with `why` set.
Engine *open_engine(size_t ram_size, bool checks, const char **why);
/// Frees the CPU; memory that the host may still see stays until `release_engine`.
void close_engine(Engine *engine);
/// One reference less; the last one frees everything.
void release_engine(Engine *engine);

/// Writes registers, runs, reads registers. Returns a Stop. `flags`: Resume.
int resume_engine(Engine *engine, uint32_t flags);
/// What the run is stopped by between its beginning and its end.
bool install_hooks(Engine *engine);
/// Sets when the hooks look at the limits next. Needs `instructions` and `limit`, with instructions < limit.
void plan_event(Engine *engine);
bool install_checks(Engine *engine);

bool set_control(Engine *engine, Control which, uint64_t value);
uint64_t get_control(Engine *engine, Control which);
void flush_tlb(Engine *engine);
/// Dropping all translations costs as much as dropping those of so many pages, or less.
constexpr uint64_t MANY_PAGES = 256;
void drop_translations(Engine *engine);
inline bool code_full(const Engine *engine) { return *engine->code_next >= engine->code_limit; }
/// Forgets what was translated from [address, address + length), guest-virtual.
void invalidate_code(Engine *engine, uint64_t address, uint64_t length);

/// The whole CPU, without memory. Returns its number, or -1.
int save_context(Engine *engine);
bool restore_context(Engine *engine, size_t slot);
bool free_context(Engine *engine, size_t slot);
/// After the CPU was changed from outside: what the host sees of it.
void publish_registers(Engine *engine);

/// Counts a block that is about to run.
void note_block(Engine *engine, Block *block);
void reset_coverage(Engine *engine);
