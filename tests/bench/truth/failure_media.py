"""The signalling works, and the talk does not: codecs, addresses, DTMF, silence, losses of media."""
from failure_case import Case, Line, is_sent, rings_then, way

PRIVATE = ('10.1.2.3', '192.168.178.21', '172.20.3.4', '100.72.8.9', '169.254.10.20')


def _talks(line, then=None, seconds=(4, 30)):
    line.begin(then or (lambda event: line.near.hang_up(line.random.choice([line.caller, line.callee]), [event],
                                                        line.random.uniform(*seconds))))
    return line


def has(event, text):
    return text in '\n'.join(event.message.lines(''))


def _refuses_media(world, status, offer=None):
    line = Line(world)
    maker = world.random.choice([line.callee, line.near.callee])
    extra = world.random.choice([(), ('Warning: 304 example.com "Media type not available"',),
                                 ('Warning: 305 example.com "Incompatible media format"',)])
    if offer:
        line.dress.of(line.caller).profile = line.dress.of(line.far.caller).profile = offer

    def invited(transaction, message, event):
        world.later(world.random.uniform(.01, .5), lambda: maker.respond(
            transaction, message.reply(status, maker.tag, extra=extra), [event]))
    maker.on['INVITE'] = invited
    line.begin()
    return Case(line.hosts, 'codec_mismatch', witness=[maker, line.before(maker)],
                proof=[(is_sent('INVITE', status, maker), 1)])


@way('codec_mismatch')
def no_common_codec(world):
    return _refuses_media(world, world.random.choice([488, 488, 606, 415]))


@way('codec_mismatch')
def encrypted_against_plain(world):
    return _refuses_media(world, 488, 'RTP/SAVP')


@way('codec_mismatch')
def only_stream_refused(world):
    """Accepted, with port 0."""
    line = Line(world).answers()
    path = world.random.choice([line.near, line.far])
    line.dress.of(path.callee).refuses = True
    _talks(line)
    return Case(line.hosts, 'codec_mismatch', witness=[path.callee, line.before(path.callee)],
                proof=[(is_sent('INVITE', 200, path.callee), 1), (is_sent('INVITE', 0, None, path.callee), 1)])


@way('codec_mismatch')
def answer_has_something_else(world):
    line = Line(world).answers()
    path = world.random.choice([line.near, line.far])
    for phone, codecs in ((path.caller, [9, 8, 0]), (path.callee, [18, 3])):
        line.dress.of(phone).codecs = codecs
    line.dress.of(path.callee).insists = True
    line.dress.of(path.callee).dtmf = world.random.random() < .5
    _talks(line)
    return Case(line.hosts, 'codec_mismatch', witness=[path.callee, line.before(path.callee)],
                proof=[(is_sent('INVITE', 200, path.callee), 1), (is_sent('INVITE', 0, None, path.callee), 1)])


def _without_dtmf(world, status):
    line = Line(world).answers(status=status)
    path = world.random.choice([line.near, line.far])
    line.dress.of(path.callee).dtmf = False
    _talks(line)
    return Case(line.hosts, 'no_dtmf', witness=[path.callee, line.before(path.callee)], flaws=['none',
        'offset seconds'],
                proof=[(is_sent('INVITE', 200, path.callee), 1), (is_sent('INVITE', 0, None, path.callee), 1)])


@way('no_dtmf')
def callee_has_no_dtmf(world):
    return _without_dtmf(world, 180)


@way('no_dtmf')
def early_answer_has_no_dtmf(world):
    return _without_dtmf(world, 183)


@way('no_dtmf')
def caller_of_a_switch_gets_no_dtmf(world):
    line = Line(world, switch=True).answers()
    line.dress.of(line.switch.side).dtmf = False
    _talks(line)
    return Case(line.hosts, 'no_dtmf', witness=[line.switch.side, line.before(line.switch.side)],
                proof=[(is_sent('INVITE', 200, line.switch.side), 1), (is_sent('INVITE', 0, None, line.switch.side),
                    1)])


def _hidden_media(world, who, by_media=False, status=180, switch=False):
    """No host in between relays the media."""
    line = Line(world, switch=switch).answers(status=status)
    line.go_public()
    phone = who(line)
    line.dress.of(phone).address, line.dress.of(phone).by_media = world.random.choice(PRIVATE), by_media
    _talks(line)
    path = line.near if phone in line.near.hosts else line.far
    public = [a for a in path.hosts if a.endpoint.split('.')[0] != '10']
    return Case(line.hosts, 'private_media_address', witness=public,
                proof=[(lambda e: e.src in public and e.message.body.startswith('v=') and
                        any(f'IN IP4 {p}' in e.message.body for p in PRIVATE), 1)])


@way('private_media_address')
def caller_behind_nat(world):
    return _hidden_media(world, lambda line: line.caller, world.random.random() < .4)


@way('private_media_address')
def callee_behind_nat(world):
    return _hidden_media(world, lambda line: line.callee, world.random.random() < .4,
                         status=world.random.choice([180, 183]))


@way('private_media_address')
def switch_names_its_inner_address(world):
    def side(line):
        return line.switch.side if line.switch else line.callee
    return _hidden_media(world, side, switch=None)


@way('private_media_address')
def proxy_lets_it_through(world):
    """The phone is in the proxy's own network; the proxy sends the address out as it is."""
    line = Line(world, switch=False).answers()
    for host in line.hosts:
        host.endpoint = f'10.20.30.{line.hosts.index(host) + 1}:5060'
    line.go_public(line.hosts[1:])
    line.dress.of(line.caller).address = line.caller.endpoint.split(':')[0]
    _talks(line)
    proxy = line.proxies[0]
    return Case(line.hosts, 'private_media_address', witness=[proxy], allowed=['private_contact'],
                proof=[(is_sent('INVITE', 0, proxy), 1)])


def hide_contact(line, phone):
    line.dress.contacts[phone] = f'Contact: <sip:{line.dress.user(phone)}@{line.random.choice(PRIVATE)}:5060>'


def _hidden_contact(world, begin, method='INVITE'):
    """No request of the dialog comes to the phone that says whether one would arrive."""
    line = Line(world, switch=False)
    line.go_public()
    hide_contact(line, line.caller)
    begin(line)
    return Case(line.hosts, 'private_contact', witness=line.hosts[:2],
                proof=[(lambda e: is_sent(method, 0, line.caller)(e) and has(e, 'Contact:'), 1)])


@way('private_contact')
def callers_contact(world):
    def begin(line):
        line.answers().begin(lambda event: line.near.hang_up(line.caller, [event], world.random.uniform(4, 30)))
    return _hidden_contact(world, begin)


@way('private_contact')
def contact_of_who_calls_in_vain(world):
    def begin(line):
        rings_then(line, lambda transaction, causes: line.callee.respond(
            transaction, transaction.request.reply(486, line.callee.tag), causes))
        line.begin()
    return _hidden_contact(world, begin)


@way('private_contact')
def registered_contact(world):
    return _hidden_contact(world, lambda line: line.caller.request('REGISTER', []), 'REGISTER')


def _silence(world, reasons, who):
    line = Line(world).answers()
    reason = world.random.choice(reasons)

    def talk(event):
        phone = who(line)
        sides = [phone] if not line.switch or phone is not line.switch.side else [phone, line.far.caller]
        after = world.random.uniform(8, 90)
        for side in sides:
            world.later(after, lambda side=side: side.request('BYE', [event], extra=(reason,)))
    _talks(line, talk)
    return Case(line.hosts, 'media_timeout', witness=line.near.hosts
        if who(line) in line.near.hosts else line.far.hosts,
                proof=[(lambda e: is_sent('BYE')(e) and reason in e.message.extra, 1)])


@way('media_timeout')
def freeswitch_hears_nothing(world):
    return _silence(world, ['Reason: Q.850;cause=604;text="MEDIA_TIMEOUT"',
                            'Reason: SIP;cause=604;text="MEDIA_TIMEOUT"'],
                    lambda line: line.switch.side if line.switch else line.callee)


@way('media_timeout')
def rtp_relay_hears_nothing(world):
    return _silence(world, ['Reason: SIP;cause=408;text="RTP Timeout"', 'Reason: SIP;cause=200;text="Media timeout"',
                            'Reason: Q.850;cause=102;text="RTP timeout"'], lambda line: line.callee)


@way('media_timeout')
def phone_hears_nothing(world):
    return _silence(world, ['Reason: SIP;cause=200;text="No RTP received"', 'Reason: SIP;text="media timeout"',
                            'Reason: Q.850;cause=41;text="No media received for 30 seconds"'], lambda line: line.caller)


def _tells(world, of, method='BYE'):
    line = Line(world).answers()
    phone = world.random.choice([line.caller, line.callee])
    extra, body = of(line)

    def talk(event):
        def act():
            if method == 'BYE':
                phone.request('BYE', [event], extra=extra)
            else:
                phone.request('BYE', [event])
                world.later(.3, lambda: tell(event))

        def tell(event):
            message = phone.compose('PUBLISH', extra=extra, body=body).copy(to_tag='', leg='/report')
            phone.ask(phone.door, message, [event], lambda *_: None)
        world.later(world.random.uniform(9, 60), act)
    _talks(line, talk)
    path = line.near if phone in line.near.hosts else line.far
    return Case(line.hosts, 'low_quality', witness=path.hosts, proof=[(is_sent(method, 0, phone), 1)])


def _of_the_box(world, loss, jitter):
    sent = world.random.randrange(900, 9000)
    return (f'X-RTP-Stat: CS=2;PS={sent};ES={sent};OS={sent * 160};SP=0/0;SO=0;QS=-;PR={sent};ER={sent};'
            f'OR={sent * 160};CR=0;SR=0;QR=-;PL={int(sent * loss)},0;BL=0;LS=0;RB=0/0;SB=-/-;EN=PCMA,FAXOFF;'
            f'DE=PCMA;JI={jitter},0;DL=3,2,2;IP=192.0.2.1:7078,192.0.2.2:10000',), ''


def vq_report(line, mos, loss):
    call_id = '{call_id}' + line.near.caller.leg
    return ('Event: vq-rtcpxr', 'Content-Type: application/vq-rtcpxr'), '\n'.join((
        'VQSessionReport: CallTerm', f'CallID: {call_id}', 'LocalMetrics:',
        'Timestamps:START=2026-09-21T12:00:00Z STOP=2026-09-21T12:01:00Z',
        'SessionDesc:PT=8 PD=PCMA SR=8000 FD=20 FO=1 FPP=1 PPS=50 PLC=3 SSUP=off', 'JitterBuffer:JBA=3 JBR=2 JBN=40',
        f'PacketLoss:NLR={loss:.1f} JDR=0.0', 'BurstGapLoss:BLD=0.0 BD=0 GLD=0.0 GD=0 GMIN=16',
        'Delay:RTD=40 ESD=20 IAJ=3', f'QualityEst:MOSLQ={mos:.1f} MOSCQ={mos:.1f}'))


@way('low_quality')
def box_tells_of_loss(world):
    return _tells(world, lambda line: _of_the_box(world, world.random.uniform(.05, .3), world.random.randrange(2, 40)))


@way('low_quality')
def report_tells_of_loss(world):
    return _tells(world, lambda line: vq_report(line, 4.1, world.random.uniform(4, 20)), 'PUBLISH')


@way('low_quality')
def report_tells_low_mos(world):
    return _tells(world, lambda line: vq_report(line, world.random.uniform(1.2, 3.2), 0.4), 'PUBLISH')
