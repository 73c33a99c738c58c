// What of a draft is masked before it becomes a line; the rules are sip/mask.h's.
#pragma once

#include <string>

#include "chunk/chunk.h"
#include "sip/mask.h"

namespace ci::inspector {

/// For one thread; its texts are used again and again.
class Masker {
  public:
    /// The draft as it may be written. It points to `draft`'s bytes and to this object's, until
    /// the next call.
    [[nodiscard]] chunk::Draft apply(const chunk::Draft& draft, const sip::Masking& what);

  private:
    std::string message_, label_;
};

}  // namespace ci::inspector
