// The Node-API face of the engine. Every argument is checked here; nothing below sees a JavaScript value.
#include "engine.h"
#include "guard.h"
#include <cmath>
#include <cstdio>
#include <cstring>
#define NAPI_VERSION 8
#include <node_api.h>

namespace {

constexpr int64_t ENGINE_COST = 12 << 20;
constexpr double MAX_RAM = 4294967296.0;

struct Call {
  Engine *engine;
  size_t count;
  napi_value arguments[4];
};

napi_value fail(napi_env env, const char *code, const char *message) {
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  if (!pending) napi_throw_error(env, code, message);
  return nullptr;
}

/// Fills `call`; false, with an exception thrown, when the engine cannot be used.
bool enter(napi_env env, napi_callback_info info, Call *call) {
  void *data = nullptr;
  call->count = 4;
  if (napi_get_cb_info(env, info, &call->count, call->arguments, nullptr, &data) != napi_ok || data == nullptr) {
    fail(env, "ERR_ENGINE", "bad call");
    return false;
  }
  Engine *e = call->engine = static_cast<Engine *>(data);
  if (__builtin_expect(!e->closed && e->dead_signal == 0 && !e->running, 1)) return true;
  if (e->closed) fail(env, "ERR_ENGINE_CLOSED", "the engine is closed");
  else if (e->dead_signal != 0) fail(env, "ERR_ENGINE_DEAD", "the engine crashed and cannot be used again");
  else fail(env, "ERR_ENGINE_BUSY", "the engine is running");
  return false;
}

bool number_argument(napi_env env, const Call &call, size_t index, double *out) {
  return index < call.count && napi_get_value_double(env, call.arguments[index], out) == napi_ok && std::isfinite(*out) &&
         *out == std::trunc(*out);
}

bool index_argument(napi_env env, const Call &call, size_t index, double limit, double *out) {
  return number_argument(env, call, index, out) && *out >= 0 && *out < limit;
}

/// A guest address: a bigint pattern, or a sign-extended number.
bool address_argument(napi_env env, const Call &call, size_t index, uint64_t *out) {
  if (index >= call.count) return false;
  bool lossless;
  if (napi_get_value_bigint_uint64(env, call.arguments[index], out, &lossless) == napi_ok) return lossless;
  double value;
  if (!number_argument(env, call, index, &value)) return false;
  if (value < -9223372036854775808.0 || value >= 9223372036854775808.0) return false;
  *out = uint64_t(int64_t(value));
  return true;
}

napi_value number(napi_env env, double value) {
  napi_value result = nullptr;
  napi_create_double(env, value, &result);
  return result;
}

napi_value bigint(napi_env env, uint64_t value) {
  napi_value result = nullptr;
  napi_create_bigint_uint64(env, value, &result);
  return result;
}

/// Runs engine code that is not guest code; a crash in it kills the engine, not the process.
template <typename Body> bool safely(napi_env env, Engine *e, Body body) {
  const int signal = guarded(body);
  if (signal == 0) return true;
  e->dead_signal = signal;
  fail(env, "ERR_ENGINE_DEAD", "the engine crashed and cannot be used again");
  return false;
}

napi_value resume(napi_env env, napi_callback_info info) {
  Call call;
  if (!enter(env, info, &call)) return nullptr;
  uint32_t flags = 0;
  if (call.count > 0 && napi_get_value_uint32(env, call.arguments[0], &flags) != napi_ok) {
    return fail(env, "ERR_ARGUMENT", "flags must be a number");
  }
  napi_value result = nullptr;
  napi_create_uint32(env, uint32_t(resume_engine(call.engine, flags)), &result);
  return result;
}

napi_value control_set(napi_env env, napi_callback_info info) {
  Call call;
  if (!enter(env, info, &call)) return nullptr;
  double which;
  uint64_t value;
  if (!index_argument(env, call, 0, 64, &which) || !address_argument(env, call, 1, &value)) {
    return fail(env, "ERR_ARGUMENT", "a control register needs a 64-bit value");
  }
  if (which == 0 && value >= call.engine->ram_size) return fail(env, "ERR_ARGUMENT", "cr3 points outside the memory");
  bool done = false;
  safely(env, call.engine, [&] { done = set_control(call.engine, unsigned(which), value); });
  return done ? nullptr : fail(env, "ERR_ARGUMENT", "no such control register");
}

napi_value control_get(napi_env env, napi_callback_info info) {
  Call call;
  if (!enter(env, info, &call)) return nullptr;
  double which;
  if (!index_argument(env, call, 0, 64, &which)) return fail(env, "ERR_ARGUMENT", "no such control register");
  uint64_t value = 0;
  safely(env, call.engine, [&] { value = get_control(call.engine, unsigned(which)); });
  return bigint(env, value);
}

napi_value tlb(napi_env env, napi_callback_info info) {
  Call call;
  if (!enter(env, info, &call)) return nullptr;
  safely(env, call.engine, [&] { flush_tlb(call.engine); });
  return nullptr;
}

napi_value code(napi_env env, napi_callback_info info) {
  Call call;
  if (!enter(env, info, &call)) return nullptr;
  uint64_t address;
  double length;
  if (!address_argument(env, call, 0, &address) || !index_argument(env, call, 1, MAX_RAM + 1, &length)) {
    return fail(env, "ERR_ARGUMENT", "a code range is an address and a length");
  }
  safely(env, call.engine, [&] { invalidate_code(call.engine, address, uint64_t(length)); });
  return nullptr;
}

napi_value snapshot_take(napi_env env, napi_callback_info info) {
  Call call;
  if (!enter(env, info, &call)) return nullptr;
  const char *why = nullptr;
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

#include "addon-parts.h"

}  // namespace

NAPI_MODULE_INIT() {
  napi_value function = nullptr;
  napi_create_function(env, "createEngine", NAPI_AUTO_LENGTH, create_engine, nullptr, &function);
  napi_set_named_property(env, exports, "createEngine", function);
  unsigned major = 0, minor = 0;
  uc_version(&major, &minor);
  char version[32];
  snprintf(version, sizeof version, "%u.%u.%u", major, minor, uc_version(nullptr, nullptr) >> 8 & 0xff);
  napi_value text = nullptr;
  napi_create_string_utf8(env, version, NAPI_AUTO_LENGTH, &text);
  napi_set_named_property(env, exports, "version", text);
  return exports;
}
