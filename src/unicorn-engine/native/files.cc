// Files as memory, and the end of the process: what a program that starts often saves time with.
#include "addon.h"
#include <dlfcn.h>
#include <fcntl.h>
#include <string>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

struct Mapping {
  void *start;
  size_t size;
};

/// A private copy-on-write map of a file; null start where there is no such file, or nothing in it.
Mapping map_path(const char *path) {
  Mapping none = {nullptr, 0};
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return none;
  struct stat about;
  void *start = MAP_FAILED;
  if (fstat(fd, &about) == 0 && S_ISREG(about.st_mode) && about.st_size > 0)
    start = mmap(nullptr, size_t(about.st_size), PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
  close(fd);
  if (start == MAP_FAILED) return none;
  return {start, size_t(about.st_size)};
}

bool path_argument(napi_env env, napi_callback_info info, std::string *path) {
  size_t count = 1, length = 0;
  napi_value argument;
  if (napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr) != napi_ok || count < 1) return false;
  if (napi_get_value_string_utf8(env, argument, nullptr, 0, &length) != napi_ok || length > 65536) return false;
  path->resize(length + 1);
  if (napi_get_value_string_utf8(env, argument, &(*path)[0], length + 1, &length) != napi_ok) return false;
  path->resize(length);
  return path->find('\0') == std::string::npos;
}

void unmap_finalizer(napi_env, void *start, void *size) { munmap(start, reinterpret_cast<size_t>(size)); }

napi_value map_file(napi_env env, napi_callback_info info) {
  std::string path;
  if (!path_argument(env, info, &path)) return fail(env, "ERR_ARGUMENT", "a path is a string without NUL");
  const Mapping map = map_path(path.c_str());
  if (map.start == nullptr) return nullptr;
  napi_value buffer;
  if (napi_create_external_arraybuffer(env, map.start, map.size, unmap_finalizer, reinterpret_cast<void *>(map.size), &buffer) == napi_ok)
    return buffer;
  munmap(map.start, map.size);
  return nullptr;
}

napi_value map_text(napi_env env, napi_callback_info info) {
  using External = napi_status (*)(napi_env, char *, size_t, napi_finalize, void *, napi_value *, bool *);
  static const auto external = reinterpret_cast<External>(dlsym(RTLD_DEFAULT, "node_api_create_external_string_latin1"));
  std::string path;
  if (!path_argument(env, info, &path)) return fail(env, "ERR_ARGUMENT", "a path is a string without NUL");
  const Mapping map = map_path(path.c_str());
  if (map.start == nullptr) return nullptr;
  napi_value text = nullptr;
  bool copied = true;
  auto characters = static_cast<char *>(map.start);
  if (external != nullptr &&
      external(env, characters, map.size, unmap_finalizer, reinterpret_cast<void *>(map.size), &text, &copied) == napi_ok)
    return text;
  napi_create_string_latin1(env, characters, map.size, &text);
  munmap(map.start, map.size);
  return text;
}

napi_value quit(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  int32_t code = 0;
  if (napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr) != napi_ok || count < 1 ||
      napi_get_value_int32(env, argument, &code) != napi_ok)
    return fail(env, "ERR_ARGUMENT", "an exit code is a number");
  _exit(code);
}

constexpr struct {
  const char *name;
  napi_callback callback;
} FUNCTIONS[] = {{"mapFile", map_file}, {"mapText", map_text}, {"quit", quit}};

}  // namespace

bool add_file_functions(napi_env env, napi_value exports) {
  for (const auto &entry : FUNCTIONS) {
    napi_value function;
    if (napi_create_function(env, entry.name, NAPI_AUTO_LENGTH, entry.callback, nullptr, &function) != napi_ok ||
        napi_set_named_property(env, exports, entry.name, function) != napi_ok)
      return false;
  }
  return true;
}
