#include "os/library.h"

#include <dlfcn.h>

#include <stdexcept>
#include <string>

namespace ci::os {
namespace {

std::runtime_error failure() {
    const char* const why = ::dlerror();
    return std::runtime_error("cannot load a library: " + std::string(why != nullptr ? why : "?"));
}

}  // namespace

Library::Library(const char* file) : handle_(::dlopen(file, RTLD_LAZY | RTLD_LOCAL)) {
    if (handle_ == nullptr) throw failure();
}

void* Library::find(const char* function) const {
    void* const address = ::dlsym(handle_, function);
    if (address == nullptr) throw failure();
    return address;
}

const Library& openssl() {
    static const Library library(CI_LIBSSL);
    return library;
}

}  // namespace ci::os
