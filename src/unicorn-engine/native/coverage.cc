// Which edges and blocks the guest has executed, counted without the host.
#include "engine.h"
#include <cstring>

namespace {

uint64_t hash(uint64_t address) { return address * 0x9e3779b97f4a7c15ull; }

void insert(std::vector<uint64_t> &seen, uint64_t address) {
  const size_t mask = seen.size() - 1;
  size_t at = hash(address) >> 20 & mask;
  while (seen[at] != 0 && seen[at] != address) at = (at + 1) & mask;
  seen[at] = address;
}

bool contains(const std::vector<uint64_t> &seen, uint64_t address) {
  const size_t mask = seen.size() - 1;
  size_t at = hash(address) >> 20 & mask;
  while (seen[at] != 0 && seen[at] != address) at = (at + 1) & mask;
  return seen[at] == address;
}

/// The block cache forgets; this does not.
void list_block(Coverage &c, uint64_t address) {
  if (c.seen.empty()) c.seen.assign(1024, 0);
  if (address == 0 || contains(c.seen, address)) return;
  if ((c.blocks.size() + 1) * 2 > c.seen.size()) {
    c.seen.assign(c.seen.size() * 2, 0);
    for (uint64_t known : c.blocks) insert(c.seen, known);
  }
  insert(c.seen, address);
  c.blocks.push_back(address);
}

}  // namespace

void note_block(Engine *e, Block *block) {
  Coverage &c = e->coverage;
  if (block->epoch != c.epoch) {
    block->epoch = c.epoch;
    list_block(c, block->address);
  }
  // An edge is its two ends; halving one of them tells a-b from b-a.
  const uint64_t current = hash(block->address) >> 48;
  uint8_t &hits = c.map[(current ^ c.previous) % EDGE_MAP];
  c.previous = current >> 1;
  if (hits == 0) c.new_edges++;
  if (hits < 255) hits++;
}

void reset_coverage(Engine *e) {
  Coverage &c = e->coverage;
  memset(c.map, 0, EDGE_MAP);
  c.blocks.clear();
  if (!c.seen.empty()) memset(c.seen.data(), 0, c.seen.size() * sizeof c.seen[0]);
  c.previous = 0;
  c.new_edges = 0;
  e->shared->counters[NEW_EDGES] = 0;
  if (++c.epoch != 0) return;
  // Once in four billion resets an old epoch would look like the new one.
  c.epoch = 1;
  memset(e->cache, 0, BLOCK_CACHE * sizeof(Block));
}
