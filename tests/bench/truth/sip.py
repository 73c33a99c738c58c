"""SIP messages as far as their order depends on them: start line, Via stack, tags, CSeq, Max-Forwards."""

GREGORIAN = 62167219200  # seconds from year 0 to 1970, as Kazoo counts

REASONS = {100: 'Trying', 180: 'Ringing', 183: 'Session Progress', 200: 'OK', 202: 'Accepted',
           401: 'Unauthorized', 407: 'Proxy Authentication Required', 481: 'Call/Transaction Does Not Exist',
           486: 'Busy Here', 487: 'Request Terminated', 491: 'Request Pending', 503: 'Service Unavailable'}


class Message:
    """A request or a response. `ahead` and `leg` are the simulator's own: which way it travels, and what stands behind
    the Call-ID of its leg."""

    __slots__ = ('method', 'status', 'uri', 'vias', 'from_tag', 'to_tag', 'number', 'max_forwards', 'extra', 'ahead',
                 'body', 'leg')

    def __init__(self, method, uri, number, from_tag, to_tag='', vias=(), status=0, max_forwards=70, extra=(),
                 ahead=True, body='', leg=''):
        self.method, self.uri, self.number = method, uri, number
        self.from_tag, self.to_tag, self.vias = from_tag, to_tag, tuple(vias)
        self.status, self.max_forwards, self.extra = status, max_forwards, tuple(extra)
        self.ahead, self.body, self.leg = ahead, body, leg

    def copy(self, **changes):
        other = Message(self.method, self.uri, self.number, self.from_tag, self.to_tag, self.vias, self.status,
                        self.max_forwards, self.extra, self.ahead, self.body, self.leg)
        for name, value in changes.items():
            setattr(other, name, value)
        return other

    def reply(self, status, to_tag='', extra=(), body=''):
        return self.copy(status=status, to_tag=self.to_tag or to_tag, extra=tuple(extra), ahead=not self.ahead,
                         body=body)

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
        lines += [f'Via: SIP/2.0/UDP {sent_by};branch={branch}' for branch, sent_by in self.vias]
        if not self.status:
            lines.append(f'Max-Forwards: {self.max_forwards}')
        lines.append(f'From: "a" <sip:alice@example.com>;tag={self.from_tag}')
        lines.append('To: <sip:bob@example.com>' + (f';tag={self.to_tag}' if self.to_tag else ''))
        lines.append(f'Call-ID: {call_id}')
        lines.append(f'CSeq: {self.c_seq}')
        lines += self.extra
        lines.append(f'Content-Length: {len(self.body)}')
        return lines + ([''] + self.body.split('\n') if self.body else [])
