// Files, in the store's words.
#pragma once

#include "os/descriptor.h"

namespace ci::store {

using File = os::Descriptor;

}  // namespace ci::store
