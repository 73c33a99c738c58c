"""Ordinary dialogues of servers and services: transfers, pick-up, challenges, timers, of which nothing bad may be
told."""
import plays
from failure_case import Case, Line, rings_then
from failure_good import _case, good
from failure_media import _talks


@good
def rings_in_several_ways(world):
    """183 with early media, 180, 181, 182: in any order, several times."""
    line = Line(world)

    def invited(transaction, message, event):
        if line.switch:
            line.callee.peer_tag = message.from_tag
        at = .05
        for status in world.random.choices([180, 183, 180, 183], k=world.random.randrange(2, 6)):
            world.later(at, lambda status=status: line.callee.progress(transaction, status, [event]))
            at += world.random.uniform(.05, 3)
        world.later(at, lambda: line.callee.accept(transaction, [event]))
    line.callee.on['INVITE'] = invited
    return _case(_talks(line))


@good
def challenged_in_the_dialogue(world):
    """A carrier asks for credentials for each request, the BYE too."""
    line = Line(world, switch=False).answers()
    proxy, known = line.proxies[0], set()

    def refuses(message):
        return 407 if message.ahead and not any('uthorization' in x for x in message.extra) else 0
    proxy.refuses = refuses

    def request(method, causes, then=lambda e: None, extra=()):
        def answered(client, message, event):
            if message.status == 407:
                world.later(.01, lambda: request(method, [event], then, ('Proxy-Authorization: Digest x',)))
            elif message.status == 200:
                if method == 'INVITE' and not line.caller.acknowledge(client, message, event):
                    return
                then(event)
        line.caller.request(method, causes, answered, extra=extra)
    before = line.callee.on['INVITE']
    plays.accept_reinvites(line.near)
    request('INVITE', [], lambda e: world.later(3, lambda: request(
        world.random.choice(['INVITE', 'INFO', 'UPDATE']), [e], lambda e2: world.later(
            4, lambda: request('BYE', [e2])))))
    assert before and known is not None
    return _case(line)


@good
def two_realms(world):
    """The proxy asks for credentials, and the server behind it for others."""
    line = Line(world, switch=False).answers()
    proxy, behind = line.proxies[0], line.proxies[-1] if len(line.proxies) > 1 else line.callee
    method = world.random.choice(['INVITE', 'SUBSCRIBE', 'MESSAGE'])
    realm = {407: 'example.com', 401: 'media.example.com'}
    proxy.refuses = lambda m: 407 if m.method == method and not m.to_tag and not m.extra else 0
    accepts = line.callee.on.get(method) or (lambda t, m, e: line.callee.respond(t, m.reply(200, line.callee.tag), [e]))

    def asks(transaction, message, event):
        if len(message.extra) < 2:
            line.callee.respond(transaction, message.reply(401, line.callee.tag, extra=(
                f'WWW-Authenticate: Digest realm="{realm[401]}", nonce="{world.random.getrandbits(64):x}", '
                'algorithm=MD5',)),
                [event])
        else:
            accepts(transaction, message, event)
    line.callee.on[method] = asks
    behind.says_trying = True

    def answered(client, message, event):
        if message.status in (401, 407):
            header = line.dress.credentials(client.request, realm[message.status])
            ask([event], (*client.request.extra, header))
        elif message.status == 200 and method == 'INVITE' and line.caller.acknowledge(client, message, event):
            line.near.hang_up(line.caller, [event], 5)

    def ask(causes, extra):
        line.caller.peer_tag = ''
        line.caller.request(method, causes, answered, extra=extra)
    ask([], ())
    return _case(line)


@good
def session_refreshed_by_the_callee(world):
    """The callee refreshes, over a back-to-back user agent or not; hung up at any time."""
    line = Line(world).answers()
    path = world.random.choice([line.near, line.far])
    seconds, method = world.random.choice([90, 180, 600]), world.random.choice(['INVITE', 'UPDATE'])

    def negotiated(host, message):
        if message.method in ('INVITE', 'UPDATE') and host in (path.caller, path.callee) and message.status in (0, 200):
            message.more += (f'Session-Expires: {seconds};refresher=' + ('uas' if message.method == 'INVITE' and
                                                                        not message.to_tag else 'uac'),)
    line.dress.spoils.append(negotiated)
    end = world.random.uniform(5, 3 * seconds)

    def refresh(event):
        if world.now + .2 < end and not done:
            path.callee.request(method, [event], lambda c, m, e: method == 'INVITE' and m.status == 200 and
                                path.callee.acknowledge(c, m, e))
            world.later(seconds / 2, lambda: refresh(event))
    done = []

    def acked(event):
        if not done:
            world.later(seconds / 2, lambda: refresh(event))
    path.callee.on_acked.append(acked)

    def bye(event):
        done.append(event)
        line.caller.request('BYE', [event])
    return _case(_talks(line, lambda event: world.later(max(end - world.now, 1), lambda: bye(event))))


@good
def asked_for_a_longer_session(world):
    """422, and the same call again with a longer interval."""
    line = Line(world, switch=False).answers()
    proxy = line.proxies[0]
    proxy.refuses = lambda m: 422 if m.method == 'INVITE' and 'Session-Expires: 90' in m.extra else 0

    def answered(client, message, event):
        if message.status == 422:
            world.later(.01, lambda: line.caller.request('INVITE', [event], answered, extra=('Session-Expires: 1800',)))
        elif message.status == 200 and line.caller.acknowledge(client, message, event):
            line.near.hang_up(line.caller, [event], world.random.uniform(4, 60))
    line.caller.request('INVITE', [], answered, extra=('Session-Expires: 90',))
    return _case(line)


@good
def alive_in_the_dialogue(world):
    """OPTIONS within the call keep a NAT open, from either side."""
    line = Line(world).answers()
    path = world.random.choice([line.near, line.far])

    def talk(event):
        end = world.random.uniform(20, 200)
        phone, every = world.random.choice([path.caller, path.callee]), world.random.uniform(5, 30)
        at = every
        while at < end - 1:
            world.later(at, lambda: phone.request('OPTIONS', [event]))
            at += every
        line.near.hang_up(line.caller, [event], end)
    return _case(_talks(line, talk))


@good
def texts_in_the_dialogue(world):
    """MESSAGE and INFO from both sides."""
    line = Line(world, switch=False).answers()

    def talk(event):
        for phone in (line.caller, line.callee):
            for _ in range(world.random.randrange(1, 5)):
                world.later(world.random.uniform(1, 10), lambda phone=phone: phone.request(
                    world.random.choice(['MESSAGE', 'INFO']), [event], extra=('Content-Type: text/plain',),
                        body='hello'))
        line.near.hang_up(line.callee, [event], 12)
    return _case(_talks(line, talk))


@good
def glare_resolved(world):
    """Both re-INVITE at once, are refused, and try again one after the other; over a switch or not."""
    line = Line(world, switch=False).answers()
    waiting = set()

    def talk(event):
        def begin(phone):
            waiting.add(phone)
            plays.reinvite(line.near, phone, [event], lambda e: waiting.discard(phone))
        world.later(1.0, lambda: begin(line.caller))
        world.later(1.0 + world.random.uniform(0, .004), lambda: begin(line.callee))
        line.near.hang_up(world.random.choice([line.caller, line.callee]), [event], world.random.uniform(8, 20))
    line.begin(talk)
    for phone in (line.caller, line.callee):
        def invited(transaction, message, event, phone=phone, before=phone.on['INVITE']):
            if message.to_tag and phone in waiting:
                waiting.discard(phone)
                phone.respond(transaction, message.reply(491, phone.tag), [event])
            else:
                before(transaction, message, event)
        phone.on['INVITE'] = invited
    return _case(line)


@good
def digits_one_by_one(world):
    """484 as long as the number is incomplete: overlap dialling within one Call-ID."""
    line = Line(world, switch=False).answers()
    proxy, left = line.proxies[-1], [world.random.randrange(1, 4)]

    def refuses(message):
        if message.method == 'INVITE' and not message.to_tag and left[0] > 0:
            left[0] -= 1
            return 484
        return 0
    proxy.refuses = refuses

    def answered(client, message, event):
        if message.status == 484:
            line.caller.uri += '1'
            world.later(world.random.uniform(.3, 3), lambda: line.caller.request('INVITE', [event], answered))
        elif message.status == 200 and line.caller.acknowledge(client, message, event):
            line.near.hang_up(line.caller, [event], world.random.uniform(4, 60))
    line.caller.request('INVITE', [], answered)
    return _case(line)


@good
def held_by_the_switch(world):
    """Music on hold: the switch passes the hold on, on its other leg."""
    line = Line(world, switch=True).answers()
    side, far = line.switch.side, line.far.caller

    def talk(event):
        def turn(direction):
            line.dress.of(line.caller).direction = line.dress.of(far).direction = direction
            for phone in (line.caller, far):
                phone.request('INVITE', [event], lambda c, m, e, phone=phone: m.status == 200 and
                              phone.acknowledge(c, m, e))
        world.later(2, lambda: turn('sendonly'))
        world.later(9, lambda: turn('sendrecv'))
        line.near.hang_up(line.caller, [event], 15)
    assert side
    return _case(_talks(line, talk))


@good
def fax_falls_back(world):
    """The re-INVITE with T.38 is refused, and the fax goes on as sound."""
    line = Line(world, switch=False).answers()
    first, second = world.random.sample([line.caller, line.callee], 2)

    def talk(event):
        second.on['INVITE'] = lambda transaction, message, asked: second.respond(
            transaction, message.reply(488, second.tag), [asked])
        world.later(3, lambda: first.request('INVITE', [event]))
        line.near.hang_up(line.caller, [event], 40)
    return Case(_talks(line, talk).hosts, (), allowed=['codec_mismatch'])


@good
def declined_by_a_machine(world):
    """Nobody is there, or the phone does not want to be disturbed."""
    line = Line(world)
    rings_then(line, lambda transaction, causes: line.callee.respond(
        transaction, transaction.request.reply(world.random.choice([480, 603, 486]), line.callee.tag), causes))
    line.begin()
    return _case(line)


@good
def hangs_up_with_a_reason(world):
    line = Line(world).answers()
    reason = world.random.choice(['Q.850;cause=16;text="Normal call clearing"',
        'SIP;cause=200;text="Call completed elsewhere"',
                                  'Q.850;cause=31', 'SIP;cause=200;text="Call completed"'])

    def talk(event):
        world.later(world.random.uniform(4, 60), lambda: line.caller.request('BYE', [event],
            extra=(f'Reason: {reason}',)))
    return _case(_talks(line, talk))


@good
def far_away(world):
    """Satellites: a third of a second for each hop, so that much is sent again."""
    world.latency = (.1, .35)
    line = Line(world, switch=False, transport='UDP').answers()
    return Case(_talks(line, seconds=(8, 60)).hosts, (), allowed=['slow_setup'])
