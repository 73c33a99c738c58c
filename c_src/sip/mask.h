// Masks what is private in a message before anything is written: each octet of it becomes `*`, so
// lengths, line ends and Content-Length stay what they were.
//
// Credentials: in Authorization, Proxy-Authorization, Authentication-Info and its proxy form, and
// in challenges, all parameters of Digest but those that are known to be no secret (user name,
// realm, nonce, uri, algorithm ...) - so `response`, `rspauth`, `auts`, and the keys that IMS puts
// into challenges (`ik`, `ck`); of other schemes, and in X-Auth-Token, all that follows. Whatever
// does not follow the grammar is masked up to the header's end.
// Such headers are looked for wherever they have a header's form: in every line, within lines, in
// headers of URIs, in JSON and in JSON within it, whatever escapes and folds their names are
// written with (letters.h). A message that lost its beginning may begin with the rest of one.
// RFC 3261 19.1.1, 20.7, 20.28, 22; RFC 7616; RFC 7615; RFC 3310 (auts); 3GPP TS 24.229 7.2A.1
// (ik, ck).
//
// Bodies: keys of SDP (a=crypto, a=key-mgmt, a=ice-pwd, k=), the text of MESSAGE and of text/*,
// DTMF (application/dtmf-relay, application/dtmf and their like), within multipart and sipfrag too;
// all of a body whose kind or encoding cannot be told.
// RFC 8866, 4568 (SDES), 4567 (key-mgmt), 8839 (ICE), 3420 (sipfrag), 2046 (multipart).
#pragma once

#include <string>
#include <string_view>

namespace ci::sip {

struct Masking {
    bool credentials = true;
    bool bodies = false;
};

/// True: `out` is the message with what is private masked. False: there is nothing to mask, and
/// `out` is as it was. Total and linear for any octets; masking twice changes nothing.
bool mask(std::string_view message, const Masking& what, std::string& out);

/// The same for what is no SIP: lines of logs, JSON, HTTP. A name without a colon is prose there.
bool mask_event(std::string_view text, const Masking& what, std::string& out);

/// The same for session descriptions alone (HEP type 3).
bool mask_sdp(std::string_view sdp, const Masking& what, std::string& out);

/// The same for one line that tells of a message whose line ends became blanks: from the name of
/// something private on, all is masked.
bool mask_summary(std::string_view line, const Masking& what, std::string& out);

}  // namespace ci::sip
