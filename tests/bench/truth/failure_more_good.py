"""Ordinary dialogues with unusual media and routes, of which nothing bad may be told either."""
from failure_case import Case, Line, is_sent
from failure_good import _case, good
from failure_media import PRIVATE, _talks, hide_contact

WHOLE = ('none', 'offset 50 ms', 'offset seconds', 'offset hours', 'drift', 'step', 'disorder', 'edits')


@good
def offer_comes_late(world):
    """An INVITE without SDP: the 2xx offers, the ACK answers."""
    line = Line(world).answers()
    line.dress.offers_late.add(line.caller)
    return _case(_talks(line))


@good
def encrypted(world):
    line = Line(world).answers(status=world.random.choice([180, 183]))
    for phone in (line.caller, line.callee, line.near.callee, line.far.caller):
        line.dress.of(phone).profile = 'RTP/SAVP'
        line.dress.of(phone).more = ['a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:' + 40 * 'A']
    return _case(_talks(line))


@good
def no_video_please(world):
    """The second of two streams is refused: they talk."""
    line = Line(world).answers()
    for phone in (line.caller, line.far.caller):
        line.dress.of(phone).more = ['m=video 7000 RTP/AVP 96', 'a=rtpmap:96 H264/90000']
    for phone in (line.callee, line.near.callee):
        line.dress.of(phone).more = ['m=video 0 RTP/AVP 96']
    return _case(_talks(line))


@good
def numbers_without_names(world):
    line = Line(world).answers()
    for phone in world.random.sample([line.caller, line.callee], world.random.randrange(1, 3)):
        line.dress.of(phone).bare = True
    return _case(_talks(line))


@good
def large_and_whole(world):
    """More than 1,300 octets by UDP, and nothing is lost."""
    line = Line(world, transport='UDP').answers()
    line.dress.of(line.caller).more = [f'a=candidate:{i} 1 UDP {2130706431 - i} 192.0.2.{i} {10000 + i} typ host'
                                       for i in range(1, 24)]
    return _case(_talks(line))


@good
def second_carrier(world):
    """The back-to-back user agent tries another carrier when the first one refuses."""
    line = Line(world, switch=True, transport='UDP')
    switch, first = line.switch, line.callee
    status = world.random.choice([503, 480, 404, 500])
    first.on['INVITE'] = lambda transaction, message, event: world.later(
        world.random.uniform(.01, 1), lambda: first.respond(transaction, message.reply(status, first.tag), [event]))
    refused = switch.was_refused

    def again(client, message, event):
        if switch.refused:
            refused(client, message, event)
            return
        switch.refused.append(event)
        far = line.far
        far.answers(ring=world.random.uniform(.3, 3))
        far.caller.peer_tag, far.callee.peer_tag = '', ''
        for phone in (far.caller, far.callee):
            phone.leg, phone.tag = '/1', phone.tag + '2'
        world.later(.02, lambda: switch.call(far, event))
    switch.was_refused = again
    line.begin(lambda event: line.near.hang_up(line.caller, [event], world.random.uniform(4, 30)))
    return Case(line.hosts, (), witness=[switch.side], proof=[(is_sent('INVITE', 200, switch.side), 1)], exact=True)


@good
def redirected(world):
    """302: the caller tries the new target."""
    line = Line(world, switch=False).answers()
    proxy, moved = line.proxies[0], []

    def refuses(message):
        if message.method == 'INVITE' and not message.to_tag and not moved:
            moved.append(message)
            return 302
        return 0
    proxy.refuses = refuses

    def answered(client, message, event):
        if message.status == 302:
            world.later(.05, lambda: line.caller.request('INVITE', [event], answered))
        elif message.status == 200 and line.caller.acknowledge(client, message, event):
            line.near.hang_up(line.caller, [event], world.random.uniform(4, 30))
    line.caller.request('INVITE', [], answered)
    return _case(line)


@good
def long_timer_short_call(world):
    """Session timers are agreed upon; somebody hangs up long before."""
    line = Line(world).answers()

    def negotiated(host, message):
        if message.method == 'INVITE' and (message.status == 200 or not message.status) and host in (
                line.caller, line.callee, line.near.callee, line.far.caller):
            message.more += ('Session-Expires: 1800;refresher=uac',)
    line.dress.spoils.append(negotiated)
    return _case(_talks(line, seconds=(4, 500)))


@good
def sent_to_voice_mail(world):
    """It rings a long while, and a machine answers."""
    line = Line(world).answers(ring=world.random.uniform(15, 40))
    return _case(_talks(line, seconds=(4, 90)))


@good
def keys_in_info(world):
    line = Line(world, switch=False).answers()

    def talk(event):
        for i in range(world.random.randrange(2, 9)):
            world.later(2 + i * .4, lambda: line.caller.request('INFO', [event], extra=(
                'Content-Type: application/dtmf-relay',), body='Signal=5\nDuration=160'))
        line.near.hang_up(line.callee, [event], 12)
    return _case(_talks(line, talk))


@good
def requests_find_the_phone_behind_nat(world):
    """The next host sends them to where the phone's came from, whatever its Contact says."""
    line = Line(world).answers()
    line.go_public()
    phone, other = world.random.sample([line.caller, line.callee], 2)
    hide_contact(line, phone)
    line.begin(lambda event: line.near.hang_up(other, [event], world.random.uniform(4, 30)))
    return _case(line, witnesses=[phone], flaws=WHOLE,
                 proof=[(is_sent('BYE', 0, None, phone), 1), (is_sent('BYE', 200, phone), 1)])


@good
def media_behind_nat_is_relayed(world):
    """The back-to-back user agent puts its own address in the place of the phone's."""
    line = Line(world, switch=True).answers(status=world.random.choice([180, 183]))
    line.go_public()
    line.dress.of(line.caller).address = world.random.choice(PRIVATE)
    return _case(_talks(line), witnesses=[line.switch.side], flaws=WHOLE,
                 proof=[(is_sent('INVITE', 0, line.far.caller), 1)])
