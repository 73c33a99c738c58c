// Messages that were cut short before their CSeq: what they are shows by their Via branch.
//
// A branch names one transaction (RFC 3261 8.1.1.7), so whoever has it belongs to the request that
// has it, and what the cut took away is what others of that transaction say. Only the ACK of a
// refusal (17.1.1.3) and the CANCEL (9.1) share the INVITE's: which of these is answered shows by
// the status.
#pragma once

#include "order/observe/observation.h"

namespace ci::order {

/// Fills in what is missing of the observations that are cut (Observation::cut), as far as others
/// tell. Linear in observations and their Vias; nothing to do where none is cut.
void complete_cut_messages(Observations& observations);

}  // namespace ci::order
