// The own store's part of the answer to an AMQP query.
#pragma once

#include "amqp/responder.h"
#include "inspector/inspector.h"

namespace ci::commands {

[[nodiscard]] amqp::Found look_up(inspector::Inspector& inspector, const amqp::Question& question);

/// What the own index knows about a search or look-ups. Throws wire::TookTooLong.
[[nodiscard]] amqp::Report report(inspector::Inspector& inspector, const amqp::Inquiry& inquiry);

}  // namespace ci::commands
