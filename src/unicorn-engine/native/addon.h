// What the parts of the Node-API face share. Every argument is checked here; nothing below sees a
// JavaScript value.
#pragma once
#include "engine.h"
#include "guard.h"
#define NAPI_VERSION 8
#include <node_api.h>

/// A call of one of an engine's functions. The engine comes with the function, not from `this`.
struct Call {
  Engine *engine;
  size_t count;
  napi_value arguments[4];
};

constexpr double MAX_RAM = 4294967296.0;

/// Throws, unless something was thrown already. Returns null, for `return fail(...)`.
napi_value fail(napi_env env, const char *code, const char *message);
/// Fills `call`; false, with an exception thrown, when the engine cannot be used.
bool enter(napi_env env, napi_callback_info info, Call *call);
/// A finite integer.
bool number_argument(napi_env env, const Call &call, size_t index, double *out);
/// An integer in [0, limit).
bool index_argument(napi_env env, const Call &call, size_t index, double limit, double *out);
/// A guest address: a bigint pattern, or a sign-extended number.
bool address_argument(napi_env env, const Call &call, size_t index, uint64_t *out);

/// Runs engine code that is not guest code; a crash in it kills the engine, not the process.
template <typename Body> bool safely(napi_env env, Engine *e, Body body) {
  const int signal = guarded(body);
  if (signal == 0) return true;
  e->dead_signal = signal;
  fail(env, "ERR_ENGINE_DEAD", "the engine crashed and cannot be used again");
  return false;
}

/// Adds all of an engine's functions to `object`; each keeps the engine's memory alive.
bool add_functions(napi_env env, Engine *e, napi_value object);

/// What an engine takes beside the guest's memory, for the garbage collector's books. It counts the memory itself,
/// all of it.
constexpr int64_t ENGINE_COST = 4 << 20;
void release_finalizer(napi_env, void *, void *engine);
/// Adds what has to do with files and the process to the addon itself.
bool add_file_functions(napi_env env, napi_value exports);
