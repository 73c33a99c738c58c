// Messages that were cut off before their CSeq. The Via branch tells what they are.
//
// A branch names one transaction (RFC 3261 8.1.1.7), so a cut message belongs to the request with
// the same branch, and other messages of that transaction supply what the cut took away. Only a
// CANCEL (9.1) and the ACK of a non-2xx response (17.1.1.3) share the INVITE's branch. A cut
// response on such a branch answers either the INVITE or the CANCEL: its status decides.
#pragma once

#include "order/observe/observation.h"

namespace ci::order {

/// Fills in the missing members of cut observations (Observation::cut) as far as other messages
/// supply them. Linear in observations and their Vias; does nothing if no observation is cut.
void complete_cut_messages(Observations& observations);

}  // namespace ci::order
