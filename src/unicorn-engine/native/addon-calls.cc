// One function for each thing an engine can be asked.
#include "addon.h"
#include <cstring>

namespace {

napi_value number(napi_env env, double value) {
  napi_value result = nullptr;
  napi_create_double(env, value, &result);
  return result;
}

/// A copy.
napi_value buffer(napi_env env, const void *data, size_t size) {
  napi_value result = nullptr;
  void *memory = nullptr;
  if (napi_create_arraybuffer(env, size, &memory, &result) != napi_ok) return fail(env, "ERR_ENGINE", "out of memory");
  if (size > 0 && memory != nullptr) memcpy(memory, data, size);
  return result;
}

napi_value resume(napi_env env, napi_callback_info info) {
  Call call;
  if (!enter(env, info, &call)) return nullptr;
  uint32_t flags = 0;
  if (call.count > 0 && napi_get_value_uint32(env, call.arguments[0], &flags) != napi_ok)
    return fail(env, "ERR_ARGUMENT", "flags must be a number");
  napi_value result = nullptr;
  napi_create_uint32(env, uint32_t(resume_engine(call.engine, flags)), &result);
  return result;
}

napi_value set_control(napi_env env, napi_callback_info info) {
  Call call;
  if (!enter(env, info, &call)) return nullptr;
  double which;
  uint64_t value;
  if (!index_argument(env, call, 0, CONTROL_COUNT, &which) || !address_argument(env, call, 1, &value))
    return fail(env, "ERR_ARGUMENT", "a control register needs a 64-bit value");
  if (which == CONTROL_CR3 && (value >= call.engine->ram_size || value % 4096 != 0))
    return fail(env, "ERR_ARGUMENT", "cr3 must be the address of a page in the memory");
  volatile bool done = false;
  if (!safely(env, call.engine, [&] { done = set_control(call.engine, Control(int(which)), value); })) return nullptr;
  return done ? nullptr : fail(env, "ERR_ARGUMENT", "this control register cannot be written");
}

napi_value get_control(napi_env env, napi_callback_info info) {
  Call call;
  if (!enter(env, info, &call)) return nullptr;
  double which;
  if (!index_argument(env, call, 0, CONTROL_COUNT, &which)) return fail(env, "ERR_ARGUMENT", "no such control register");
  volatile uint64_t value = 0;
  if (!safely(env, call.engine, [&] { value = get_control(call.engine, Control(int(which))); })) return nullptr;
  napi_value result = nullptr;
  napi_create_bigint_uint64(env, value, &result);
  return result;
}

napi_value flush_tlb(napi_env env, napi_callback_info info) {
  Call call;
  if (!enter(env, info, &call)) return nullptr;
  safely(env, call.engine, [&] { flush_tlb(call.engine); });
  return nullptr;
}

napi_value invalidate_code(napi_env env, napi_callback_info info) {
  Call call;
  if (!enter(env, info, &call)) return nullptr;
  uint64_t address;
  double length;
  if (!address_argument(env, call, 0, &address) || !index_argument(env, call, 1, MAX_RAM + 1, &length))
    return fail(env, "ERR_ARGUMENT", "a code range is an address and a length");
  safely(env, call.engine, [&] { invalidate_code(call.engine, address, uint64_t(length)); });
  return nullptr;
}

napi_value snapshot_take(napi_env env, napi_callback_info info) {
  Call call;
  if (!enter(env, info, &call)) return nullptr;
  const char *volatile why = nullptr;
  if (!safely(env, call.engine, [&] { why = take_snapshot(call.engine); })) return nullptr;
  return why == nullptr ? nullptr : fail(env, "ERR_SNAPSHOT", why);
}

napi_value snapshot_restore(napi_env env, napi_callback_info info) {
  Call call;
  if (!enter(env, info, &call)) return nullptr;
  if (call.engine->snapshot == nullptr) return fail(env, "ERR_SNAPSHOT", "there is no snapshot");
  volatile size_t pages = 0;
  if (!safely(env, call.engine, [&] { pages = restore_snapshot(call.engine); })) return nullptr;
  return number(env, double(pages));
}

napi_value snapshot_drop(napi_env env, napi_callback_info info) {
  Call call;
  if (!enter(env, info, &call)) return nullptr;
  safely(env, call.engine, [&] { drop_snapshot(call.engine); });
  return nullptr;
}

napi_value coverage_start(napi_env env, napi_callback_info info) {
  Call call;
  if (!enter(env, info, &call)) return nullptr;
  call.engine->coverage.on = true;
  return nullptr;
}

napi_value coverage_stop(napi_env env, napi_callback_info info) {
  Call call;
  if (!enter(env, info, &call)) return nullptr;
  call.engine->coverage.on = false;
  return nullptr;
}

napi_value coverage_reset(napi_env env, napi_callback_info info) {
  Call call;
  if (!enter(env, info, &call)) return nullptr;
  reset_coverage(call.engine);
  return nullptr;
}

napi_value coverage_blocks(napi_env env, napi_callback_info info) {
  Call call;
  if (!enter(env, info, &call)) return nullptr;
  const auto &blocks = call.engine->coverage.blocks;
  return buffer(env, blocks.data(), blocks.size() * sizeof blocks[0]);
}

napi_value save_context(napi_env env, napi_callback_info info) {
  Call call;
  if (!enter(env, info, &call)) return nullptr;
  volatile int slot = -1;
  if (!safely(env, call.engine, [&] { slot = save_context(call.engine); })) return nullptr;
  return slot < 0 ? fail(env, "ERR_ENGINE", "too many saved contexts") : number(env, slot);
}

napi_value restore_context(napi_env env, napi_callback_info info) {
  Call call;
  if (!enter(env, info, &call)) return nullptr;
  double slot;
  volatile bool done = false;
  if (index_argument(env, call, 0, MAX_CONTEXTS, &slot) &&
      !safely(env, call.engine, [&] { done = restore_context(call.engine, size_t(slot)); }))
    return nullptr;
  return done ? nullptr : fail(env, "ERR_ARGUMENT", "no such saved context");
}

napi_value free_context(napi_env env, napi_callback_info info) {
  Call call;
  if (!enter(env, info, &call)) return nullptr;
  double slot;
  volatile bool done = false;
  if (index_argument(env, call, 0, MAX_CONTEXTS, &slot) &&
      !safely(env, call.engine, [&] { done = free_context(call.engine, size_t(slot)); }))
    return nullptr;
  return done ? nullptr : fail(env, "ERR_ARGUMENT", "no such saved context");
}

napi_value close(napi_env env, napi_callback_info info) {
  void *data = nullptr;
  if (napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &data) != napi_ok || data == nullptr) return nullptr;
  auto e = static_cast<Engine *>(data);
  if (e->running) return fail(env, "ERR_ENGINE_BUSY", "the engine is running");
  if (e->closed) return nullptr;
  int64_t total;
  napi_adjust_external_memory(env, -ENGINE_COST, &total);
  close_engine(e);
  return nullptr;
}

constexpr struct {
  const char *name;
  napi_callback callback;
} FUNCTIONS[] = {
    {"resume", resume},
    {"setControl", set_control},
    {"getControl", get_control},
    {"flushTlb", flush_tlb},
    {"invalidateCode", invalidate_code},
    {"snapshotTake", snapshot_take},
    {"snapshotRestore", snapshot_restore},
    {"snapshotDrop", snapshot_drop},
    {"coverageStart", coverage_start},
    {"coverageStop", coverage_stop},
    {"coverageReset", coverage_reset},
    {"coverageBlocks", coverage_blocks},
    {"saveContext", save_context},
    {"restoreContext", restore_context},
    {"freeContext", free_context},
    {"close", close},
};

}  // namespace

bool add_functions(napi_env env, Engine *e, napi_value object) {
  for (const auto &entry : FUNCTIONS) {
    napi_value function;
    if (napi_create_function(env, entry.name, NAPI_AUTO_LENGTH, entry.callback, e, &function) != napi_ok) return false;
    e->references++;
    if (napi_add_finalizer(env, function, e, release_finalizer, e, nullptr) != napi_ok) {
      e->references--;
      return false;
    }
    if (napi_set_named_property(env, object, entry.name, function) != napi_ok) return false;
  }
  return true;
}
