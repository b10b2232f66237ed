#include "addon.h"
#include <cmath>

napi_value fail(napi_env env, const char *code, const char *message) {
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  if (!pending) napi_throw_error(env, code, message);
  return nullptr;
}

bool enter(napi_env env, napi_callback_info info, Call *call) {
  void *data = nullptr;
  call->count = 4;
  if (napi_get_cb_info(env, info, &call->count, call->arguments, nullptr, &data) != napi_ok || data == nullptr) {
    fail(env, "ERR_ENGINE", "bad call");
    return false;
  }
  // Of more arguments than there is room for, only the first ones were stored.
  if (call->count > 4) call->count = 4;
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

bool address_argument(napi_env env, const Call &call, size_t index, uint64_t *out) {
  if (index >= call.count) return false;
  bool lossless = false;
  if (napi_get_value_bigint_uint64(env, call.arguments[index], out, &lossless) == napi_ok) return lossless;
  double value;
  if (!number_argument(env, call, index, &value)) return false;
  if (value < -9223372036854775808.0 || value >= 9223372036854775808.0) return false;
  *out = uint64_t(int64_t(value));
  return true;
}
