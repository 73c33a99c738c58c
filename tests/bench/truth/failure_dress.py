"""Headers and bodies of user agents: what an analysis looks at beyond the order of messages.

A `Dress` is a world's `dress`: it is given each new message with the host that sends it, once.
"""
from world import Phone, Proxy

NAMES = {0: 'PCMU/8000', 8: 'PCMA/8000', 9: 'G722/8000', 18: 'G729/8000', 3: 'GSM/8000', 111: 'opus/48000/2'}
AGENTS = ('Yealink SIP-T46S 66.86.0.15', 'PolycomVVX-VVX_411-UA/5.9.3', 'snomD785/10.1.64.14',
    'Grandstream GXP2170 1.0.11.35',
          'Linphone/4.5.0 (belle-sip/5.1.0)', 'AVM FRITZ!Box 7590 154.07.29')
REALM = 'example.com'


class Audio:
    """What a phone offers and answers with."""

    def __init__(self, random):
        self.codecs = random.choice([[8, 0], [0, 8], [9, 8, 0], [8, 18], [111, 9, 8]])
        self.dtmf, self.profile, self.direction = True, 'RTP/AVP', 'sendrecv'
        self.address = None   # the phone's own, if None
        self.port = random.randrange(4000, 30000) * 2
        self.session, self.version = random.randrange(10 ** 9, 10 ** 10), 0
        self.by_media = False  # the connection address stands below the medium
        self.more = []         # further lines
        self.refuses = False   # answers with port 0
        self.insists = False   # answers with its own codecs, whatever was offered
        self.bare = False      # names no codec that has a number of its own (RFC 3551)


class Dress:
    def __init__(self, world):
        random = world.random
        self.random, self.audio, self.agents, self.contacts = random, {}, {}, {}
        self.caller = '0%d' % random.randrange(30 * 10 ** 7, 90 * 10 ** 7)
        self.callee = '0%d' % random.randrange(30 * 10 ** 7, 90 * 10 ** 7)
        self.max_forwards, self.spoils = None, []   # functions of (host, message)
        self.offers_late = set()   # phones whose INVITE has no offer: it comes in the 2xx, and the answer in the ACK
        world.dress = self

    def of(self, phone):
        if phone not in self.audio:
            self.audio[phone] = Audio(self.random)
        return self.audio[phone]

    def agent(self, host):
        if host.of not in self.agents:
            self.agents[host.of] = ('kamailio (5.6.3 (x86_64/linux))' if isinstance(host, Proxy) else
                                    'FreeSWITCH-mod_sofia/1.10.12-release' if host.of is not host else
                                    self.random.choice(AGENTS))
        return self.agents[host.of]

    def user(self, phone):
        return self.caller if phone.goes_ahead else self.callee

    def __call__(self, host, message):
        more = []
        phone = isinstance(host, Phone)
        own = phone and message.method != 'CANCEL' and (message.status == 0 or message.status // 100 in (1, 2))
        if phone and not message.status and message.method != 'CANCEL':
            message.parties = self.parties(host, message)
            if self.max_forwards:
                message.max_forwards = self.max_forwards
        if own and message.status != 100 and message.method in (
                'INVITE', 'UPDATE', 'SUBSCRIBE', 'NOTIFY', 'REFER', 'REGISTER') and message.status not in (202,
                    200) or (
                message.status == 200 and own and message.method in ('INVITE', 'UPDATE', 'SUBSCRIBE')):
            more.append(self.contacts.get(host) or f'Contact: <sip:{self.user(host)}@{host.endpoint}>')
        more.append(('Server: ' if message.status else 'User-Agent: ') + self.agent(host))
        if message.status in (401, 407) and not any('uthenticate' in x for x in message.extra):
            name = 'WWW-Authenticate' if message.status == 401 else 'Proxy-Authenticate'
            more.append(f'{name}: Digest realm="{REALM}", nonce="{self.random.getrandbits(64):x}", '
                        'algorithm=MD5, qop="auth"')
        message.extra = tuple(self.credentials(message) if x.endswith('Digest x') else x for x in message.extra)
        if phone and not message.body and message.method in ('INVITE', 'ACK'):
            message.body = self.session(host, message)
        if message.body.startswith('v=0'):
            more.append('Content-Type: application/sdp')
        message.more = tuple(more)
        for spoil in self.spoils:
            spoil(host, message)

    def parties(self, phone, message):
        caller, callee = f'"{self.caller}" <sip:{self.caller}@{REALM}>', f'<sip:{self.callee}@{REALM}>'
        if message.method == 'REGISTER':
            return (caller, caller)
        return (caller, callee) if phone.goes_ahead else (callee, caller)

    def credentials(self, message, realm=REALM):
        name = 'Proxy-Authorization' if message.method == 'INVITE' else 'Authorization'
        return (f'{name}: Digest username="{self.caller}", realm="{realm}", nonce="{self.random.getrandbits(64):x}", '
                f'uri="{message.uri}", response="{self.random.getrandbits(128):032x}", algorithm=MD5')

    def session(self, phone, message):
        if message.method == 'ACK':  # that of a refusal has no tag of a dialogue
            late = phone in self.offers_late and message.to_tag == phone.peer_tag
            return self.describe(phone, [8], True, 'sendrecv') if late else ''
        if not message.status and phone in self.offers_late:
            return ''
        if not message.status:
            return self.describe(phone, self.of(phone).codecs, self.of(phone).dtmf, self.of(phone).direction)
        if message.status not in (183, 200):
            return ''
        transaction = phone.servers.get((message.branch, 'INVITE'))
        offer = transaction.request.body if transaction else ''
        if not offer and message.status == 200:
            return self.describe(phone, self.of(phone).codecs, self.of(phone).dtmf, 'sendrecv')
        if 'm=audio' not in offer:
            return ''
        offered = [int(x) for x in offer.split('m=audio ')[1].split('\n')[0].split()[2:]]
        audio = self.of(phone)
        common = [x for x in offered if x in NAMES and (x in audio.codecs or x in (0, 8))][:2] or offered[:1]
        towards = {'sendonly': 'recvonly', 'inactive': 'inactive'}
        direction = next((b for a, b in towards.items() if f'a={a}' in offer), audio.direction)
        return self.describe(phone, audio.codecs if audio.insists else common, audio.dtmf and 101 in offered, direction,
                             0 if audio.refuses else audio.port)

    def describe(self, phone, codecs, dtmf, direction, port=None):
        audio = self.of(phone)
        audio.version += 1
        address = audio.address or phone.endpoint.split(':')[0]
        numbers = [*codecs] + ([101] if dtmf else [])
        connection = f'c=IN IP4 {address}'
        lines = ['v=0', f'o=- {audio.session} {audio.version} IN IP4 {address}', 's=-']
        lines += [] if audio.by_media else [connection]
        lines += ['t=0 0', f'm=audio {audio.port if port is None else port} {audio.profile} '
                  + ' '.join(map(str, numbers))]
        lines += [connection] if audio.by_media else []
        lines += [f'a=rtpmap:{n} {NAMES[n]}' for n in codecs if n > 95 or not audio.bare]
        lines += ['a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-16'] if dtmf else []
        return '\n'.join(lines + audio.more + [f'a={direction}'])
