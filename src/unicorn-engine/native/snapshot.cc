#include "engine.h"
#include <cstring>
#include <sys/mman.h>

struct Snapshot {
  uint8_t *memory;
  uc_context *context;
};

const char *take_snapshot(Engine *e) {
  drop_snapshot(e);
  void *memory = mmap(nullptr, e->ram_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return "out of memory";
  e->snapshot = new Snapshot{static_cast<uint8_t *>(memory), nullptr};
  uc_context_alloc(e->uc, &e->snapshot->context);
  uc_context_save(e->uc, e->snapshot->context);
  memcpy(e->snapshot->memory, e->ram, e->ram_size);
  return nullptr;
}

size_t restore_snapshot(Engine *e) {
  memcpy(e->ram, e->snapshot->memory, e->ram_size);
  uc_context_restore(e->uc, e->snapshot->context);
  uc_ctl_flush_tlb(e->uc);
  read_registers(e->uc, e->live, e->shared->registers);
  e->rip = e->shared->registers[RIP];
  return e->ram_size / 4096;
}

void drop_snapshot(Engine *e) {
  if (e->snapshot == nullptr) return;
  munmap(e->snapshot->memory, e->ram_size);
  if (e->snapshot->context != nullptr && e->uc != nullptr) uc_context_free(e->snapshot->context);
  delete e->snapshot;
  e->snapshot = nullptr;
}
