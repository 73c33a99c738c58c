// Masks a draft before it becomes a line, by the rules of sip/mask.h.
#pragma once

#include <string>

#include "chunk/chunk.h"
#include "sip/mask.h"

namespace ci::inspector {

/// For one thread. Its buffers are reused.
class Masker {
  public:
    /// The masked draft. It points into `draft`'s bytes and this object's, and is valid until the
    /// next call.
    [[nodiscard]] chunk::Draft apply(const chunk::Draft& draft, const sip::Masking& what);

  private:
    std::string message_, label_;
    bool is_masked_ = false;  ///< the last draft's message was
    std::string described_;   ///< the last draft's message, if a log described it
};

}  // namespace ci::inspector
