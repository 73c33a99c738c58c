// Masks private data in a message before anything is written. Each private octet becomes `*`, so
// that lengths, line ends and Content-Length stay valid.
//
// Credentials: in Authorization, Proxy-Authorization, Authentication-Info and its proxy form, and
// in challenges, all of Digest's parameters are masked except those known to be harmless (user
// name, realm, nonce, uri, algorithm ...). Masked are thus `response`, `rspauth`, `auts`, and the
// keys that IMS puts into challenges (`ik`, `ck`). With other schemes, and in X-Auth-Token, the
// whole rest is masked. A value that breaks the grammar is masked up to the header's end.
// Such headers are found wherever they have a header's form: in every line, within lines, in
// headers of URIs, in JSON and in JSON within JSON, whatever escapes and folds are in their names
// (letters.h). A message that lost its beginning may begin with the rest of such a header.
// RFC 3261 19.1.1, 20.7, 20.28, 22; RFC 7616; RFC 7615; RFC 3310 (auts); 3GPP TS 24.229 7.2A.1
// (ik, ck).
//
// Bodies: keys in SDP (a=crypto, a=key-mgmt, a=ice-pwd, k=), the text of MESSAGE and of text/*, and
// DTMF (application/dtmf-relay, application/dtmf and similar types) are masked, within multipart
// and sipfrag too. A body of unknown kind or encoding is masked completely.
// RFC 8866, 4568 (SDES), 4567 (key-mgmt), 8839 (ICE), 3420 (sipfrag), 2046 (multipart).
#pragma once

#include <string>
#include <string_view>

namespace ci::sip {

struct Masking {
    bool credentials = true;
    bool bodies = false;
};

/// True: `out` is the masked message. False: there is nothing to mask, and `out` is unchanged.
/// Total and linear for any octets. Masking twice gives the same as masking once.
bool mask(std::string_view message, const Masking& what, std::string& out);

/// The same for text other than SIP: log lines, JSON, HTTP. There a name without a colon is prose.
bool mask_event(std::string_view text, const Masking& what, std::string& out);

/// The same for session descriptions alone (HEP type 3).
bool mask_sdp(std::string_view sdp, const Masking& what, std::string& out);

/// The same for a one-line summary of a message whose line ends became blanks: from the first
/// private name on, the whole rest is masked.
bool mask_summary(std::string_view line, const Masking& what, std::string& out);

}  // namespace ci::sip
