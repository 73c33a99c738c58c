"""Ordinary dialogues of servers and services: forks, transfers, pick-up, challenges, timers, of which nothing bad may be
told."""
import plays
from failure_case import Case, Line, rings_then
from failure_good import _case, good
from failure_media import _talks


def _phone(world, line, last, tag):
    """One more phone behind the last proxy."""
    network, own = line.callee.endpoint.split(':')[0].rsplit('.', 1)
    phone = plays.Phone(world, f'{network}.{last + 10 if int(own) == last else last}:5060',
                        f'{tag}{world.random.getrandbits(24):x}', False)
    phone.door = line.proxies[-1]
    return phone


def _fork(world, proxies=None, n=None):
    """Several phones ring at the last proxy."""
    line = Line(world, switch=False, proxies=proxies)
    phones = [line.callee] + [_phone(world, line, 100 + i, 'fork') for i in range(n or world.random.choice([1, 2, 3]))]
    line.proxies[-1].ahead = list(phones)
    return line, phones


@good
def fork_rings_late(world):
    """Each phone rings in its own time, with 180 or 183, three proxies deep; one is answered."""
    line, phones = _fork(world, proxies=world.random.choice([1, 3]))
    winner = world.random.choice(phones)
    for phone in phones:
        line.near.answers(phone, world.random.uniform(2, 5) if phone is winner else 60,
                          status=world.random.choice([180, 183]))
    line.near.callee = line.callee = winner
    line.near.call(lambda e: line.near.hang_up(world.random.choice([line.caller, winner]), [e]))
    return Case([*line.hosts, *phones], (), witness=[line.proxies[-1]], allowed=['two_answers', 'answer_crossed_cancel'])


@good
def fork_with_a_dead_phone(world):
    """One phone of several is switched off, or refuses; another one is answered."""
    line, phones = _fork(world)
    winner, other = world.random.sample(phones, 2)
    status = world.random.choice([0, 404, 480, 486, 503, 603])
    for phone in phones:
        line.near.answers(phone, world.random.uniform(2, 8) if phone is winner else 60)
    if status:
        other.on['INVITE'] = lambda transaction, message, event: world.later(world.random.uniform(.01, 1), lambda: (
            other.respond(transaction, message.reply(status, other.tag), [event])))
    else:
        other.receive = lambda message, event: None
    line.near.callee = line.callee = winner
    line.near.call(lambda e: line.near.hang_up(line.caller, [e], world.random.uniform(4, 60)))
    return Case([*line.hosts, *phones], (), witness=[line.proxies[-1]], allowed=['two_answers', 'answer_crossed_cancel'])


@good
def no_answer_then_voice_mail(world):
    """The proxy cancels the phone after a while and sends the call to a mailbox."""
    line = Line(world, switch=False)
    proxy, first, box = line.proxies[-1], line.callee, _phone(world, line, 98, 'box')
    line.near.answers(first, 200)
    line.near.answers(box, world.random.uniform(.01, 1))
    before = proxy.on_answer

    def on_answer(context):
        act = before(context)

        def serial(client, message, event):
            if message.status >= 300 and not context.get('next'):
                context['next'] = True
                original = context['server'].request
                forwarded = original.copy(vias=(proxy.new_branch(),) + original.vias,
                                          max_forwards=original.max_forwards - 1)
                context['clients'].append(proxy.ask(box, forwarded, [event], on_answer(context)))
                return
            act(client, message, event)
        if not context.get('timer'):
            context['timer'] = True
            world.later(world.random.uniform(8, 30), lambda: [
                proxy.cancel(c, c.last_event) for c in context['clients'][:1]])
        return serial
    proxy.on_answer = on_answer
    line.near.callee = box
    line.near.call(lambda e: line.near.hang_up(world.random.choice([line.caller, box]), [e], world.random.uniform(4, 40)))
    return Case([*line.hosts, box], (), witness=[proxy])


@good
def next_gateway_after_silence(world):
    """The first gateway is down: after some seconds the proxy takes the second."""
    line = Line(world, switch=False, transport='UDP')
    proxy, first, second = line.proxies[-1], line.callee, _phone(world, line, 98, 'second')
    first.receive = lambda message, event: None
    line.near.answers(second, world.random.uniform(.5, 4))
    proxy.patience = world.random.uniform(1, 6)
    before = proxy.on_answer

    def on_answer(context):
        act = before(context)

        def serial(client, message, event):
            if message.status == 408 and not context.get('next'):
                context['next'] = True
                original = context['server'].request
                forwarded = original.copy(vias=(proxy.new_branch(),) + original.vias,
                                          max_forwards=original.max_forwards - 1)
                context['clients'].append(proxy.ask(second, forwarded, [event], on_answer(context)))
                return
            act(client, message, event)
        return serial
    proxy.on_answer = on_answer
    line.near.callee = line.callee = second
    line.near.call(lambda e: line.near.hang_up(line.caller, [e], world.random.uniform(4, 40)))
    return Case([*line.hosts, second], (), witness=[proxy], allowed=['slow_setup', 'large_udp_request', 'lost_between'])


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
                f'WWW-Authenticate: Digest realm="{realm[401]}", nonce="{world.random.getrandbits(64):x}", algorithm=MD5',)),
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
                    world.random.choice(['MESSAGE', 'INFO']), [event], extra=('Content-Type: text/plain',), body='hello'))
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


def _transfer(world, refer_to, then):
    """A transfer that works, with the NOTIFYs of how it goes; a new leg is a dialogue of its own."""
    line = Line(world, switch=False).answers()
    first, second = world.random.sample([line.caller, line.callee], 2)

    def notify(status, reason, state):
        second.request('NOTIFY', [], extra=('Event: refer', f'Subscription-State: {state}',
                                            'Content-Type: message/sipfrag;version=2.0'), body=f'SIP/2.0 {status} {reason}')

    def referred(transaction, message, event):
        second.respond(transaction, message.reply(202, second.tag), [event])
        world.later(.01, lambda: notify(100, 'Trying', 'active;expires=60'))
        if world.random.random() < .6:
            world.later(.8, lambda: notify(180, 'Ringing', 'active;expires=60'))
        world.later(2, lambda: notify(200, 'OK', 'terminated;reason=noresource'))
        world.later(2.3, lambda: world.random.choice([first, second]).request('BYE', [event]))
        then(line, event)
    second.on['REFER'] = referred
    return line, _talks(line, lambda event: world.later(3, lambda: first.request('REFER', [event], extra=refer_to)))


@good
def blind_transfer(world):
    """The one who was transferred calls the new party over the same proxies."""
    def then(line, event):
        path = plays.Path(world, 1)
        path.caller.leg = path.callee.leg = '/t'
        path.answers(ring=.7)
        path.call(lambda e: path.hang_up(path.caller, [e], 20), [event])
    line, _ = _transfer(world, ('Refer-To: <sip:300@example.com>', 'Referred-By: <sip:200@example.com>'), then)
    return _case(line)


@good
def attended_transfer(world):
    """The Refer-To names the dialogue to replace."""
    line, _ = _transfer(world, ('Refer-To: <sip:300@example.com?Replaces=other%40example.com%3Bto-tag%3Dt%3Bfrom-tag%3Df>',
                                'Referred-By: <sip:200@example.com>'), lambda line, event: None)
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
def comes_and_goes(world):
    """Registered, challenged each time, deregistered, and registered again, with one Call-ID."""
    line = Line(world, switch=False)
    registrar, caller = line.callee, line.caller
    left = [world.random.randrange(3, 8)]
    registrar.on['REGISTER'] = lambda transaction, message, event: registrar.respond(
        transaction, message.reply(200 if any('uthorization' in x for x in message.extra) else 401, registrar.tag,
                                   extra=('Expires: 300',)), [event])

    def register(expires, extra=()):
        def answered(client, message, event):
            if message.status == 401:
                register(expires, ('Authorization: Digest x',))
            elif left[0] > 0:
                left[0] -= 1
                world.later(world.random.uniform(100, 250) if expires else world.random.uniform(1, 2000),
                            lambda: register(0 if expires and world.random.random() < .3 else 300))
        caller.peer_tag = ''
        caller.request('REGISTER', [], answered, extra=(*extra, f'Expires: {expires}'))
    register(300)
    return _case(line)


@good
def lamps(world):
    """A subscription to another phone's state, refreshed, with many NOTIFYs, and ended by its server."""
    line = Line(world, switch=False)
    server, phone = line.callee, line.caller

    def subscribed(transaction, message, event):
        server.respond(transaction, message.reply(200, server.tag, extra=('Expires: 600',)), [event])
        for _ in range(world.random.randrange(1, 6)):
            world.later(world.random.uniform(.01, 250), lambda: server.request('NOTIFY', [event], extra=(
                'Event: dialog', 'Subscription-State: active;expires=500')))
    server.on['SUBSCRIBE'] = subscribed

    def answered(client, message, event):
        phone.peer_tag = phone.peer_tag or message.to_tag
    for i in range(world.random.randrange(1, 4)):
        world.later(i * 300, lambda: phone.request('SUBSCRIBE', [], answered, extra=('Event: dialog', 'Expires: 600')))
    world.later(1000, lambda: server.request('NOTIFY', [], extra=(
        'Event: dialog', 'Subscription-State: terminated;reason=timeout')))
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
    reason = world.random.choice(['Q.850;cause=16;text="Normal call clearing"', 'SIP;cause=200;text="Call completed elsewhere"',
                                  'Q.850;cause=31', 'SIP;cause=200;text="Call completed"'])

    def talk(event):
        world.later(world.random.uniform(4, 60), lambda: line.caller.request('BYE', [event], extra=(f'Reason: {reason}',)))
    return _case(_talks(line, talk))


@good
def far_away(world):
    """Satellites: a third of a second for each hop, so that much is sent again."""
    world.latency = (.1, .35)
    line = Line(world, switch=False, transport='UDP').answers()
    return Case(_talks(line, seconds=(8, 60)).hosts, (), allowed=['slow_setup'])
