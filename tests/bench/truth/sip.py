"""SIP messages as far as their order depends on them: start line, Via stack, tags, CSeq, Max-Forwards."""

GREGORIAN = 62167219200  # seconds from year 0 to 1970, as Kazoo counts

REASONS = {100: 'Trying', 180: 'Ringing', 183: 'Session Progress', 200: 'OK', 202: 'Accepted', 302: 'Moved Temporarily',
           400: 'Bad Request', 401: 'Unauthorized', 402: 'Payment Required', 403: 'Forbidden', 404: 'Not Found',
           405: 'Method Not Allowed', 406: 'Not Acceptable', 407: 'Proxy Authentication Required',
           408: 'Request Timeout', 410: 'Gone', 412: 'Conditional Request Failed', 413: 'Request Entity Too Large',
           415: 'Unsupported Media Type',
           416: 'Unsupported URI Scheme', 420: 'Bad Extension', 422: 'Session Interval Too Small',
           423: 'Interval Too Brief', 433: 'Anonymity Disallowed', 480: 'Temporarily Unavailable',
           481: 'Call/Transaction Does Not Exist', 482: 'Loop Detected', 483: 'Too Many Hops',
           484: 'Address Incomplete', 485: 'Ambiguous', 486: 'Busy Here', 487: 'Request Terminated',
           488: 'Not Acceptable Here', 491: 'Request Pending', 500: 'Server Internal Error', 501: 'Not Implemented',
           502: 'Bad Gateway', 503: 'Service Unavailable', 504: 'Server Time-out', 505: 'Version Not Supported',
           513: 'Message Too Large', 580: 'Precondition Failure', 600: 'Busy Everywhere', 603: 'Decline',
           604: 'Does Not Exist Anywhere', 606: 'Not Acceptable'}
ALICE, BOB = '"a" <sip:alice@example.com>', '<sip:bob@example.com>'


class Message:
    """A request or a response. `ahead` and `leg` are the simulator's own: which way it travels, and what stands behind
    the Call-ID of its leg. `more` are headers that no play looks at, and `garbled` changes the lines on the wire: what
    dresses a world's messages sets them (failure_dress.py)."""

    __slots__ = ('method', 'status', 'uri', 'vias', 'from_tag', 'to_tag', 'number', 'max_forwards', 'extra', 'ahead',
                 'body', 'leg', 'more', 'parties', 'garbled')

    def __init__(self, method, uri, number, from_tag, to_tag='', vias=(), status=0, max_forwards=70, extra=(),
                 ahead=True, body='', leg=''):
        self.method, self.uri, self.number = method, uri, number
        self.from_tag, self.to_tag, self.vias = from_tag, to_tag, tuple(vias)
        self.status, self.max_forwards, self.extra = status, max_forwards, tuple(extra)
        self.ahead, self.body, self.leg = ahead, body, leg
        self.more, self.parties, self.garbled = None, (ALICE, BOB), None

    def copy(self, **changes):
        other = Message(self.method, self.uri, self.number, self.from_tag, self.to_tag, self.vias, self.status,
                        self.max_forwards, self.extra, self.ahead, self.body, self.leg)
        other.more, other.parties, other.garbled = self.more, self.parties, self.garbled
        for name, value in changes.items():
            setattr(other, name, value)
        return other

    def reply(self, status, to_tag='', extra=(), body=''):
        return self.copy(status=status, to_tag=self.to_tag or to_tag, extra=tuple(extra), ahead=not self.ahead,
                         body=body, more=None, garbled=None)

    def at_its_hop(self, method, **changes):
        """CANCEL, or the ACK of a refusal: made of the request of this hop (RFC 3261 9.1, 17.1.1.3)."""
        return self.copy(method=method, vias=self.vias[:1], extra=(), body='', more=None, garbled=None, **changes)

    @property
    def branch(self):
        return self.vias[0][0] if self.vias else ''

    @property
    def label(self):
        if self.status:
            return f'SIP/2.0 {self.status} {REASONS[self.status]}'
        return f'{self.method} {self.uri} SIP/2.0'

    @property
    def c_seq(self):
        return f'{self.number} {self.method}'

    def lines(self, call_id):
        lines = [self.label]
        lines += [f'Via: SIP/2.0/{transport} {sent_by};branch={branch}' for branch, sent_by, transport in self.vias]
        if not self.status:
            lines.append(f'Max-Forwards: {self.max_forwards}')
        lines.append(f'From: {self.parties[0]};tag={self.from_tag}')
        lines.append(f'To: {self.parties[1]}' + (f';tag={self.to_tag}' if self.to_tag else ''))
        lines.append(f'Call-ID: {call_id}')
        lines.append(f'CSeq: {self.c_seq}')
        lines += self.extra
        lines += self.more or ()
        body = self.body.replace('{call_id}', call_id.removesuffix(self.leg)).split('\n') if self.body else []
        lines.append(f'Content-Length: {sum(len(line) + 2 for line in body)}')
        lines += ['', *body] if body else []
        return self.garbled(lines) if self.garbled else lines
