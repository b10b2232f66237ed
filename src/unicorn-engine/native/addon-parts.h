void release(napi_env, void *, void *hint) { release_engine(static_cast<Engine *>(hint)); }

/// Keeps the engine's memory alive for as long as JavaScript can reach `value`.
bool hold(napi_env env, Engine *e, napi_value value) {
  e->references++;
  if (napi_add_finalizer(env, value, e, release, e, nullptr) == napi_ok) return true;
  e->references--;
  return false;
}

bool add_buffer(napi_env env, Engine *e, napi_value object, const char *name, void *memory, size_t size) {
  napi_value buffer;
  e->references++;
  if (napi_create_external_arraybuffer(env, memory, size, release, e, &buffer) != napi_ok) {
    e->references--;
    return false;
  }
  return napi_set_named_property(env, object, name, buffer) == napi_ok;
}

bool add_function(napi_env env, Engine *e, napi_value object, const char *name, napi_callback callback) {
  napi_value function;
  return napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, e, &function) == napi_ok && hold(env, e, function) &&
         napi_set_named_property(env, object, name, function) == napi_ok;
}

napi_value close(napi_env env, napi_callback_info info) {
  void *data = nullptr;
  if (napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &data) != napi_ok || data == nullptr) return nullptr;
  auto e = static_cast<Engine *>(data);
  if (e->running) return fail(env, "ERR_ENGINE_BUSY", "the engine is running");
  if (!e->closed) {
    int64_t total;
    napi_adjust_external_memory(env, -ENGINE_COST, &total);
  }
  close_engine(e);
  return nullptr;
}

bool fill_object(napi_env env, Engine *e, napi_value object) {
  Shared *s = e->shared;
  return add_buffer(env, e, object, "ram", e->ram, e->ram_size) &&
         add_buffer(env, e, object, "registers", s->registers, sizeof s->registers) &&
         add_buffer(env, e, object, "stop", s->stop, sizeof s->stop) &&
         add_buffer(env, e, object, "counters", s->counters, sizeof s->counters) &&
         add_buffer(env, e, object, "hostDirty", e->host_dirty, e->ram_size / 4096) &&
         add_function(env, e, object, "resume", resume) && add_function(env, e, object, "setControl", control_set) &&
         add_function(env, e, object, "getControl", control_get) && add_function(env, e, object, "flushTlb", tlb) &&
         add_function(env, e, object, "invalidateCode", code) &&
         add_function(env, e, object, "snapshotTake", snapshot_take) &&
         add_function(env, e, object, "snapshotRestore", snapshot_restore) &&
         add_function(env, e, object, "snapshotDrop", snapshot_drop) && add_function(env, e, object, "close", close);
}

napi_value create_engine(napi_env env, napi_callback_info info) {
  Call call;
  call.count = 4;
  if (napi_get_cb_info(env, info, &call.count, call.arguments, nullptr, nullptr) != napi_ok) return nullptr;
  double size, flags = 0;
  if (!number_argument(env, call, 0, &size) || size < 4096 || size > MAX_RAM || std::fmod(size, 4096) != 0) {
    return fail(env, "ERR_ARGUMENT", "ramSize must be a multiple of 4096, at most 4 GiB");
  }
  if (call.count > 1 && !index_argument(env, call, 1, 2, &flags)) return fail(env, "ERR_ARGUMENT", "bad engine flags");
  const char *why = "";
  Engine *e = open_engine(size_t(size), flags == 1, &why);
  if (e == nullptr) {
    char text[128];
    snprintf(text, sizeof text, "the engine could not start: %s", why);
    return fail(env, "ERR_ENGINE_START", text);
  }
  int64_t total;
  napi_adjust_external_memory(env, ENGINE_COST, &total);
  napi_value object = nullptr;
  const bool made = napi_create_object(env, &object) == napi_ok && fill_object(env, e, object);
  release_engine(e);
  return made ? object : fail(env, "ERR_ENGINE_START", "the engine's memory could not be shared");
}
