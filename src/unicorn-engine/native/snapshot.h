// The state of the machine at one moment, and the way back to it.
#pragma once
#include <cstddef>
#include <cstdint>

struct Engine;
struct Snapshot;

/// Remembers memory and CPU; replaces an earlier snapshot. Returns why it could not, or null.
const char *take_snapshot(Engine *engine);
/// Goes back to it; it stays. Returns the number of pages copied.
size_t restore_snapshot(Engine *engine);
void drop_snapshot(Engine *engine);
