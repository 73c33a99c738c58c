"""The same findings, come about in other ways: late offers, other hosts' words for it."""
from failure_case import Case, Line, is_sent, way
from failure_media import PRIVATE, _talks, has


def _asks(phone, method, causes, **more):
    def answered(client, message, event):
        if message.status == 200 and method == 'INVITE':
            phone.acknowledge(client, message, event)
    phone.request(method, causes, answered, **more)


@way('codec_mismatch')
def answer_in_the_ack(world):
    """The 2xx offers what the caller has not, and the caller says so in its ACK, and hangs up."""
    line = Line(world, switch=False).answers()
    line.dress.offers_late.add(line.caller)
    line.dress.of(line.callee).codecs = [18]

    def insists(host, message):
        if host is line.caller and message.method == 'ACK' and message.body:
            message.body = line.dress.describe(line.caller, [9], True, 'sendrecv')
    line.dress.spoils.append(insists)
    _talks(line, lambda event: line.near.hang_up(line.caller, [event], .2))
    return Case(line.hosts, {'codec_mismatch'}, witness=[line.callee, line.before(line.callee)], exact=True,
                proof=[(is_sent('INVITE', 200, line.callee), 1), (is_sent('ACK', 0, None, line.callee), 1)])


@way('codec_mismatch')
def refused_in_the_call(world):
    """A change of codec is refused, and the one who wanted it hangs up."""
    line = Line(world, switch=False).answers()
    first, second = world.random.sample([line.caller, line.callee], 2)

    def talk(event):
        second.on['INVITE'] = lambda transaction, message, asked: second.respond(
            transaction, message.reply(488, second.tag), [asked])
        world.later(3, lambda: first.request('INVITE', [event]))
        line.near.hang_up(first, [event], 9)
    _talks(line, talk)
    return Case(line.hosts, 'codec_mismatch', second, witness=[second, next(
        b if a is second else a for a, b in line.hops() if second in (a, b))], exact=True,
        proof=[(is_sent('INVITE', 488, second), 1)])


@way('no_dtmf')
def no_dtmf_after_a_late_offer(world):
    line = Line(world, switch=False).answers()
    line.dress.offers_late.add(line.caller)

    def without(host, message):
        if host is line.caller and message.method == 'ACK' and message.body:
            message.body = line.dress.describe(line.caller, [8], False, 'sendrecv')
    line.dress.spoils.append(without)
    line.dress.of(line.callee).codecs = [8, 0]
    _talks(line)
    return Case(line.hosts, 'no_dtmf', witness=[line.callee, line.before(line.callee)], flaws=['none',
        'offset seconds'],
                proof=[(is_sent('INVITE', 200, line.callee), 1), (is_sent('ACK', 0, None, line.callee), 1)])


@way('private_media_address')
def moves_behind_nat(world):
    """Only the re-INVITE has a private address: the phone went to another network."""
    line = Line(world, switch=False).answers()
    line.go_public()

    def talk(event):
        def moved():
            line.dress.of(line.caller).address = world.random.choice(PRIVATE)
            _asks(line.caller, 'INVITE', [event])
        world.later(3, moved)
        line.near.hang_up(line.callee, [event], 20)
    _talks(line, talk)
    return Case(line.hosts, 'private_media_address', line.caller, witness=line.hosts[:2], exact=True,
                proof=[(lambda e: e.src is line.caller and any(f'IN IP4 {p}' in e.message.body for p in PRIVATE), 1)])


@way('private_media_address')
def picture_goes_nowhere(world):
    """The sound has a public address, and the picture a private one."""
    line = Line(world, switch=False).answers()
    line.go_public()
    line.dress.of(line.caller).more = ['m=video 7000 RTP/AVP 96', f'c=IN IP4 {world.random.choice(PRIVATE)}',
                                       'a=rtpmap:96 H264/90000']
    _talks(line)
    return Case(line.hosts, 'private_media_address', line.caller, witness=line.hosts[:2], exact=True,
                proof=[(is_sent('INVITE', 0, line.caller), 1)])


@way('private_contact')
def subscribers_contact(world):
    """NOTIFYs will go where nobody is."""
    line = Line(world, switch=False)
    line.go_public()
    line.dress.contacts[line.caller] = f'Contact: <sip:a@{world.random.choice(PRIVATE)}:5060>'
    line.caller.request('SUBSCRIBE', [], extra=('Event: message-summary', 'Expires: 600'))
    return Case(line.hosts, 'private_contact', line.caller, witness=line.hosts[:2],
                proof=[(lambda e: is_sent('SUBSCRIBE', 0, line.caller)(e) and has(e, 'Contact:'), 1)])


@way('held_to_the_end')
def held_by_update(world):
    line = Line(world, switch=False).answers()
    phone = world.random.choice([line.caller, line.callee])

    def talk(event):
        def hold():
            line.dress.of(phone).direction = 'sendonly'
            audio = line.dress.of(phone)
            phone.request('UPDATE', [event], body=line.dress.describe(phone, audio.codecs, True, 'sendonly'))
        world.later(4, hold)
        line.near.hang_up(world.random.choice([line.caller, line.callee]), [event], world.random.uniform(9, 60))
    _talks(line, talk)
    return Case(line.hosts, 'held_to_the_end', witness=line.hosts, exact=True,
                proof=[(is_sent('UPDATE'), 1), (is_sent('UPDATE', 200), 1), (is_sent('BYE'), 1)])


@way('media_timeout')
def others_words_for_silence(world):
    line = Line(world, switch=False).answers()
    reason = world.random.choice(['SIP ;cause=488 ;text="RTP Broken Connection"',
        'Q.850;cause=31;text="flow guard timer expired"',
                                  'SIP;cause=480;text="RTP inactivity"',
                                      'Q.850;cause=127;text="Media inactivity detected"'])

    def talk(event):
        world.later(world.random.uniform(9, 60), lambda: line.callee.request('BYE', [event],
            extra=(f'Reason: {reason}',)))
    _talks(line, talk)
    return Case(line.hosts, 'media_timeout', line.callee, witness=[line.callee, line.before(line.callee)], exact=True,
                proof=[(is_sent('BYE', 0, line.callee), 1)])


@way('malformed')
def no_from_or_no_to(world):
    line = Line(world, switch=False).answers()
    gone = world.random.choice(['From:', 'To:'])

    def spoil(host, message):
        if host is line.caller and message.method == 'INVITE' and not message.status:
            message.garbled = lambda lines: [x for x in lines if not x.startswith(gone)]
    line.dress.spoils.append(spoil)
    _talks(line)
    return Case(line.hosts, 'malformed', line.caller, witness=line.hosts[:1], exact=True,
                proof=[(is_sent('INVITE', 0, line.caller), 1)],
                flaws=['none', 'offset seconds'], allowed=['retransmissions'])


@way('malformed')
def cseq_of_another_method(world):
    line = Line(world, switch=False).answers()

    def spoil(host, message):
        if host is line.caller and message.method == 'BYE' and not message.status:
            message.garbled = lambda lines: [x.replace(' BYE', ' INVITE') if x.startswith('CSeq') else x for x in lines]
    line.dress.spoils.append(spoil)
    _talks(line, lambda event: line.near.hang_up(line.caller, [event], 9))
    return Case(line.hosts, 'malformed', line.caller, witness=[line.caller], exact=True, allowed=['retransmissions'],
                proof=[(is_sent('BYE', 0, line.caller), 1)], flaws=['none', 'offset seconds'])
