// The own store's part of the answer to an AMQP query.
#pragma once

#include "amqp/responder.h"
#include "store/store.h"

namespace ci::commands {

[[nodiscard]] amqp::Found look_up(const store::Store& store, const amqp::Question& question);

}  // namespace ci::commands
