"""Ordinary dialogues as phones, browsers, carriers and registrars make them: nothing bad may be told of them."""
import plays
from failure_case import Case, Line, rings_then
from failure_good import _case, good
from failure_media import _talks


@good
def published_anew(world):
    """412: the server has forgotten what was published before, and gets all of it (RFC 3903 11.2.1)."""
    line = Line(world, switch=False)
    server, phone = line.callee, line.caller
    server.on['PUBLISH'] = lambda t, m, e: server.respond(t, m.reply(412 if any(
        x.startswith('SIP-If-Match') for x in m.extra) else 200, server.tag, extra=('SIP-ETag: e1', 'Expires: 600')),
            [e])

    def answered(client, message, event):
        if message.status == 412:
            ask([event], ())

    def ask(causes, extra):
        phone.peer_tag = ''
        phone.request('PUBLISH', causes, answered, extra=('Event: presence', 'Expires: 600', *extra))
    ask([], ())
    for i in range(world.random.randrange(1, 4)):
        world.later(290 * (i + 1), lambda: ask([], ('SIP-If-Match: e1',)))
    return _case(line)


@good
def merged(world):
    """The same INVITE comes to one phone over two branches: it refuses one of them with 482 (RFC 3261 8.2.2.2)."""
    line = Line(world, switch=False).answers(ring=world.random.uniform(1, 4))
    callee, proxy = line.callee, line.proxies[-1]
    proxy.ahead = [callee, callee]
    before, seen = callee.on['INVITE'], []

    def invited(transaction, message, event):
        if seen and seen[0] != message.branch and not message.to_tag:
            callee.respond(transaction, message.reply(482, callee.tag + 'm'), [event])
        else:
            seen.append(message.branch)
            before(transaction, message, event)
    callee.on['INVITE'] = invited
    line.near.call(lambda e: line.near.hang_up(line.caller, [e], world.random.uniform(4, 30)))
    return _case(line)


@good
def forwarded_by_the_phone(world):
    """302 of a phone: the proxy, or the back-to-back user agent, calls the other number itself."""
    line = Line(world, switch=False)
    proxy, first = line.proxies[-1], line.callee
    second = plays.Phone(world, line.callee.endpoint.rsplit('.', 1)[0] + '.98:5060',
                         'second%x' % world.random.getrandbits(24), False)
    second.door = proxy

    def rings_first(transaction, message, event):
        first.progress(transaction, 180, [event])
        world.later(world.random.choice([.02, 12]), lambda: first.respond(
            transaction, message.reply(302, first.tag, extra=('Contact: <sip:300@example.com>',)), [event]))
    first.on['INVITE'] = rings_first
    line.near.answers(second, world.random.uniform(1, 6))
    proxy.tries_next(second, lambda status: status == 302, uri='sip:300@example.com')
    line.near.callee = line.callee = second
    line.near.call(lambda e: line.near.hang_up(world.random.choice([line.caller, second]), [e],
                                               world.random.uniform(4, 30)))
    return Case([*line.hosts, second], (), witness=[proxy], allowed=['slow_setup'])


@good
def several_devices(world):
    """Of one address of record: the registrar lists them all, and how long each is registered still."""
    line = Line(world, switch=False)
    registrar, phone = line.callee, line.caller
    contact = f'<sip:alice@{phone.endpoint}>'
    line.dress.contacts[phone] = f'Contact: {contact}'

    def registered(transaction, message, event):
        others = [f'<sip:alice@10.251.0.{i}:5060>;expires={world.random.randrange(1, 60)}'
                  for i in range(1, world.random.randrange(2, 4))]
        bindings = [*others, f'{contact};expires=600']
        extra = (f'Contact: {", ".join(bindings)}',) if world.random.random() < .5 else tuple(
            f'Contact: {x}' for x in bindings)
        registrar.respond(transaction, message.reply(200, registrar.tag, extra=extra), [event])
    registrar.on['REGISTER'] = registered

    def again(times):
        phone.peer_tag = ''
        phone.request('REGISTER', [], extra=('Expires: 600',))
        if times:
            world.later(world.random.uniform(280, 560), lambda: again(times - 1))
    again(world.random.randrange(1, 6))
    return _case(line)


@good
def browser(world):
    """WebRTC: addresses of the inside, and by their side candidates that are reached from everywhere."""
    line = Line(world, switch=False).answers(status=world.random.choice([180, 183]))
    line.go_public()
    ice = ['a=ice-ufrag:8hhY', 'a=ice-pwd:asd88fgpdd777uzjYhagZg', 'a=setup:actpass', 'a=rtcp-mux',
           'a=fingerprint:sha-256 00:11:22', 'a=candidate:1 1 UDP 2130706431 192.168.178.21 50000 typ host',
           'a=candidate:2 1 UDP 1694498815 198.51.100.7 50001 typ srflx raddr 192.168.178.21 rport 50000']
    for phone in (line.caller, line.callee):
        audio = line.dress.of(phone)
        audio.profile, audio.more, audio.codecs = 'UDP/TLS/RTP/SAVPF', ice, [111, 9, 8]
        audio.address = world.random.choice(['192.168.178.21', '0.0.0.0', '10.1.2.3'])
    return _case(_talks(line))


@good
def encrypted_if_you_can(world):
    """Two lines of sound, one of them encrypted: one is taken, and the other refused."""
    line = Line(world).answers()
    for phone in (line.caller, line.far.caller):
        line.dress.of(phone).profile = 'RTP/SAVP'
        line.dress.of(phone).more = ['a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:' + 40 * 'A',
                                     'm=audio 7000 RTP/AVP 8 0', 'a=sendrecv']
    for phone in (line.callee, line.near.callee):
        line.dress.of(phone).profile, line.dress.of(phone).refuses = 'RTP/SAVP', True
        line.dress.of(phone).more = ['m=audio 7002 RTP/AVP 8']
    return _case(_talks(line))


@good
def busy_after_an_announcement(world):
    """The network says so with 183 and sound, then with a status by which people refuse."""
    line = Line(world)

    def invited(transaction, message, event):
        line.callee.progress(transaction, 183, [event])
        world.later(world.random.uniform(2, 12), lambda: line.callee.respond(
            transaction, message.reply(world.random.choice([486, 603, 480]), line.callee.tag), [event]))
    line.callee.on['INVITE'] = invited
    line.begin()
    return _case(line)


@good
def nobody_comes_to_the_phone(world):
    """It rings until a proxy's patience is over: 408 or 480 after CANCEL."""
    line = Line(world, switch=False)
    line.answers(ring=300)
    line.caller.invite = None
    line.begin()
    proxy, end = line.proxies[-1], world.random.uniform(20, 60)
    status = world.random.choice([408, 480])
    before = proxy.on_answer

    def on_answer(context):
        act = before(context)

        def as_own(client, message, event):
            act(client, message.copy(status=status) if message.status == 487 else message, event)
        if not context.get('timer'):
            context['timer'] = True
            world.later(end, lambda: [proxy.cancel(c, c.last_event) for c in context['clients']])
        return as_own
    proxy.on_answer = on_answer
    return _case(line)


@good
def gives_up_when_busy(world):
    """The CANCEL crosses the refusal, and finds no transaction any more."""
    line = Line(world, switch=False)
    status = world.random.choice([486, 603])
    proxy = line.proxies[0]
    rings_then(line, lambda transaction, causes: line.callee.respond(
        transaction, transaction.request.reply(status, line.callee.tag), causes), 3)
    line.begin()
    on_request = proxy.on_request

    def asked(transaction, message, event):
        invite = proxy.servers.get((message.branch, 'INVITE'))
        if message.method == 'CANCEL' and invite is not None and invite.last is not None and invite.last.status >= 300:
            proxy.respond(transaction, message.reply(481, 'p'), [event])
        else:
            on_request(transaction, message, event)
    proxy.on_request = asked
    world.later(3.1 + world.random.uniform(-.001, .006), lambda: line.caller.give_up(line.caller.invite, []))
    return _case(line, allowed=['answer_crossed_cancel'])


@good
def comes_back_with_old_credentials(world):
    """A phone that keeps what it knows of the last challenge is challenged anew each time, and not told that it is
    stale."""
    line = Line(world, switch=False)
    method = world.random.choice(['REGISTER', 'INVITE', 'SUBSCRIBE', 'PUBLISH'])
    if method == 'INVITE':
        line.answers()
    proxy, seen = line.proxies[0], []

    def refuses(message):
        if message.method != method or message.to_tag:
            return 0
        seen.append(message)
        return 407 if len(seen) % 2 else 0
    proxy.refuses = refuses
    left = [world.random.randrange(1, 4)]

    def answered(client, message, event):
        if message.status == 407:
            ask([event])
        elif message.status == 200 and method == 'INVITE' and line.caller.acknowledge(client, message, event):
            line.near.hang_up(line.caller, [event], 5)
        elif message.status == 200 and method != 'INVITE' and left[0]:
            left[0] -= 1
            world.later(50, lambda: ask([event]))

    def ask(causes):
        line.caller.peer_tag = ''
        line.caller.request(method, causes, answered, extra=('Proxy-Authorization' + line.dress.credentials(
            line.caller.compose(method)).split('uthorization')[1],))
    ask([])
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
