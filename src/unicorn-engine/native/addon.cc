// Making engines for JavaScript.
#include "addon.h"
#include <cmath>
#include <cstdio>

void release_finalizer(napi_env env, void *, void *engine) {
  auto e = static_cast<Engine *>(engine);
  int64_t total;
  if (e->references == 1 && !e->closed) napi_adjust_external_memory(env, -ENGINE_COST, &total);
  release_engine(e);
}

namespace {

bool add_buffer(napi_env env, Engine *e, napi_value object, const char *name, void *memory, size_t size) {
  napi_value buffer;
  e->references++;
  if (napi_create_external_arraybuffer(env, memory, size, release_finalizer, e, &buffer) != napi_ok) {
    e->references--;
    return false;
  }
  return napi_set_named_property(env, object, name, buffer) == napi_ok;
}

bool add_buffers(napi_env env, Engine *e, napi_value object) {
  Shared *s = e->shared;
  const bool always = add_buffer(env, e, object, "ram", e->ram, e->ram_size) &&
                      add_buffer(env, e, object, "registers", s->registers, sizeof s->registers) &&
                      add_buffer(env, e, object, "stop", s->stop, sizeof s->stop) &&
                      add_buffer(env, e, object, "counters", s->counters, sizeof s->counters) &&
                      add_buffer(env, e, object, "hostDirty", e->host_dirty, e->ram_size / 4096) &&
                      add_buffer(env, e, object, "edges", e->coverage.map, EDGE_MAP);
  if (!always || !e->checks) return always;
  return add_buffer(env, e, object, "shadow", e->shadow, e->ram_size / 8) &&
         add_buffer(env, e, object, "violations", e->violations, sizeof(Violations));
}

napi_value create_engine(napi_env env, napi_callback_info info) {
  Call call;
  call.count = 4;
  if (napi_get_cb_info(env, info, &call.count, call.arguments, nullptr, nullptr) != napi_ok) return nullptr;
  if (call.count > 4) call.count = 4;
  double size, checks = 0;
  if (!number_argument(env, call, 0, &size) || size < 4096 || size > MAX_RAM || std::fmod(size, 4096) != 0)
    return fail(env, "ERR_ARGUMENT", "ramSize must be a multiple of 4096, at most 4 GiB");
  if (call.count > 1 && !index_argument(env, call, 1, 2, &checks)) return fail(env, "ERR_ARGUMENT", "checks must be 0 or 1");
  const char *why = "";
  Engine *e = open_engine(size_t(size), checks == 1, &why);
  if (e == nullptr) {
    char text[128];
    snprintf(text, sizeof text, "the engine could not start: %s", why);
    return fail(env, "ERR_ENGINE_START", text);
  }
  int64_t total;
  napi_adjust_external_memory(env, ENGINE_COST, &total);
  napi_value object = nullptr;
  const bool made = napi_create_object(env, &object) == napi_ok && add_buffers(env, e, object) && add_functions(env, e, object);
  release_finalizer(env, nullptr, e);
  return made ? object : fail(env, "ERR_ENGINE_START", "the engine's memory could not be shared");
}

}  // namespace

NAPI_MODULE_INIT() {
  napi_value function = nullptr;
  napi_create_function(env, "createEngine", NAPI_AUTO_LENGTH, create_engine, nullptr, &function);
  napi_set_named_property(env, exports, "createEngine", function);
  unsigned major = 0, minor = 0;
  const unsigned whole = uc_version(&major, &minor);
  char version[32];
  snprintf(version, sizeof version, "%u.%u.%u", major, minor, whole >> 8 & 0xff);
  napi_value text = nullptr;
  napi_create_string_utf8(env, version, NAPI_AUTO_LENGTH, &text);
  napi_set_named_property(env, exports, "version", text);
  return add_file_functions(env, exports) ? exports : nullptr;
}
