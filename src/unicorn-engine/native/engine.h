// One emulated machine: a CPU, its memory, and the counters the host shares with it.
#pragma once
#include "cpu.h"
#include "snapshot.h"
#include <cstddef>
#include <cstdint>
#include <unicorn/unicorn.h>
#include <vector>

enum Stop { STOP_HLT, STOP_EXCEPTION, STOP_BUDGET, STOP_WALL_CLOCK, STOP_ENGINE_ERROR, STOP_FATAL, STOP_CHECK };
enum Resume { RESUME_ALL = 1 };

/// Shared with the host. All of it is plain data that it may write at any time outside `resume`.
struct Shared {
  uint64_t registers[REGISTER_COUNT];
  /// vector, error code, CR2, the library's error, signal
  uint64_t stop[8];
  /// instructions, blocks, instruction limit, deadline (ms of CLOCK_MONOTONIC), new edges
  double counters[8];
};
enum StopField { STOP_VECTOR, STOP_CODE, STOP_CR2, STOP_ERROR, STOP_SIGNAL };
enum Counter { INSTRUCTIONS, BLOCKS, LIMIT, DEADLINE, NEW_EDGES };

/// A translated block as the counters know it.
struct Block {
  uint64_t address;
  uint32_t size;
  uint32_t instructions;
};

constexpr size_t BLOCK_CACHE = 1 << 14;
constexpr size_t EDGE_MAP = 1 << 16;
constexpr size_t VIOLATION_RING = 256;

struct Violation {
  uint64_t rip;
  uint64_t address;
  /// size, plus 0x100 for a write, plus the shadow byte << 16
  uint64_t access;
};

struct Coverage {
  bool on = false;
  uint64_t previous = 0;
  uint64_t new_edges = 0;
  uint8_t *map = nullptr;
  std::vector<uint64_t> blocks;
  /// Open addressing; 0 is empty.
  std::vector<uint64_t> seen;
};

struct Engine {
  uc_engine *uc = nullptr;
  uint64_t *live = nullptr;
  Shared *shared = nullptr;
  uint8_t *ram = nullptr;
  size_t ram_size = 0;
  uint8_t *host_dirty = nullptr;
  uint8_t *shadow = nullptr;
  /// count, stop flag, then the ring
  uint64_t *violations = nullptr;
  Block *cache = nullptr;
  Coverage coverage;
  Snapshot *snapshot = nullptr;

  int vector = -1;
  int reason = STOP_HLT;
  uint64_t stop_address = 0;
  uint64_t rip = 0;
  uint64_t instructions = 0, blocks = 0, limit = 0, next_event = 0;
  double deadline = 0;
  /// A load that crosses a page is reported in parts; see checks.cc.
  struct { int skip = 0; unsigned rest = 0; } crossing;

  bool checks = false;
  bool running = false;
  int dead_signal = 0;
  bool closed = false;
  int references = 0;
};

/// Makes an engine, or returns null with `why` set.
Engine *open_engine(size_t ram_size, bool checks, const char **why);
/// Frees the CPU; memory that the host may still see stays until `release_engine`.
void close_engine(Engine *engine);
/// One reference less; the last one frees everything.
void release_engine(Engine *engine);

/// Writes registers, runs, reads registers. Returns a Stop.
int resume_engine(Engine *engine, uint32_t flags);

bool set_control(Engine *engine, unsigned which, uint64_t value);
uint64_t get_control(Engine *engine, unsigned which);
void flush_tlb(Engine *engine);
/// Forgets what was translated from [address, address + length), guest-virtual.
void invalidate_code(Engine *engine, uint64_t address, uint64_t length);

void note_block(Engine *engine, uint64_t address);
bool install_checks(Engine *engine);
