"""Ordinary dialogues as phones, carriers and registrars make them every day, of which nothing bad may be told: what is
refused in them is tried in another way, or comes too late to matter."""
import plays
from failure_case import Case, Line, rings_then
from failure_good import _case, good
from failure_media import _talks


def _refuses_once(phone, method, status, extra=(), only=lambda message: message.to_tag):
    """The phone refuses its first request of this method within the dialogue."""
    before, refused = phone.on.get(method), []

    def act(transaction, message, event):
        if not refused and only(message):
            refused.append(message)
            phone.respond(transaction, message.reply(status, phone.tag, extra=extra), [event])
        elif before:
            before(transaction, message, event)
        else:
            phone.respond(transaction, message.reply(200, phone.tag), [event])
    phone.on[method] = act


def _asks(phone, method, causes, then=lambda client, message, event: None, **more):
    def answered(client, message, event):
        if message.status == 200 and method == 'INVITE':
            phone.acknowledge(client, message, event)
        if message.status >= 200:
            then(client, message, event)
    phone.request(method, causes, answered, **more)


@good
def both_hang_up(world):
    """Two BYEs cross, and who has hung up knows nothing of the dialogue any more."""
    line = Line(world, switch=False).answers()
    status = world.random.choice([481, 481, 200])

    def talk(event):
        for phone in (line.caller, line.callee):
            phone.on['BYE'] = lambda transaction, message, asked, phone=phone: phone.respond(
                transaction, message.reply(status, phone.tag), [asked])
        at = world.random.uniform(4, 20)
        line.near.hang_up(line.caller, [event], at)
        line.near.hang_up(line.callee, [event], at + world.random.uniform(0, .002))
    return _case(_talks(line, talk))


@good
def hung_up_during_a_request(world):
    """A BYE crosses a re-INVITE, an UPDATE or an INFO, which is refused then (RFC 3261 15.1.2)."""
    line = Line(world, switch=False).answers()
    first, second = world.random.sample([line.caller, line.callee], 2)
    method, status = world.random.choice([('INVITE', 487), ('INVITE', 481), ('UPDATE', 481), ('INFO', 481)])

    def talk(event):
        second.on[method] = lambda transaction, message, asked: second.respond(
            transaction, message.reply(status, second.tag), [asked])
        at = world.random.uniform(4, 20)
        world.later(at, lambda: _asks(first, method, [event]))
        line.near.hang_up(second, [event], at + world.random.uniform(0, .0008))
    return _case(_talks(line, talk))


@good
def told_after_the_end(world):
    """The one who transferred has hung up when the outcome of the transfer is told."""
    line = Line(world, switch=False).answers()
    first, second = world.random.sample([line.caller, line.callee], 2)

    def notify(status, reason, state):
        second.request('NOTIFY', [], extra=('Event: refer', f'Subscription-State: {state}',
                                            'Content-Type: message/sipfrag;version=2.0'), body=f'SIP/2.0 {status} {reason}')

    def referred(transaction, message, event):
        second.respond(transaction, message.reply(202, second.tag), [event])
        world.later(.01, lambda: notify(100, 'Trying', 'active;expires=60'))
        world.later(.5, lambda: first.request('BYE', [event]))
        world.later(.6, lambda: first.on.update(NOTIFY=lambda t, m, e: first.respond(t, m.reply(481, first.tag), [e])))
        world.later(world.random.uniform(1, 9), lambda: notify(200, 'OK', 'terminated;reason=noresource'))
    second.on['REFER'] = referred
    return _case(_talks(line, lambda event: world.later(3, lambda: first.request('REFER', [event], extra=(
        'Refer-To: <sip:300@example.com>',)))))


@good
def lamp_goes_out(world):
    """Who ends its subscription has forgotten it when the last NOTIFY comes."""
    line = Line(world, switch=False)
    server, phone = line.callee, line.caller

    def subscribed(transaction, message, event):
        over = 'Expires: 0' in message.extra
        server.respond(transaction, message.reply(200, server.tag, extra=tuple(
            x for x in message.extra if x.startswith('Expires'))), [event])
        if over:
            phone.on['NOTIFY'] = lambda t, m, e: phone.respond(t, m.reply(481, phone.tag), [e])
        world.later(.01, lambda: server.request('NOTIFY', [event], extra=('Event: dialog', 'Subscription-State: ' + (
            'terminated;reason=timeout' if over else 'active;expires=500'))))
    server.on['SUBSCRIBE'] = subscribed

    def ask(seconds):
        def answered(client, message, event):
            phone.peer_tag = phone.peer_tag or message.to_tag
        phone.request('SUBSCRIBE', [], answered, extra=('Event: dialog', f'Expires: {seconds}'))
    ask(600)
    world.later(world.random.uniform(20, 500), lambda: ask(0))
    return _case(line)


@good
def a_sign_of_life(world):
    """OPTIONS under one Call-ID: any answer says that the other end is there."""
    line = Line(world, switch=False)
    status = world.random.choice([404, 405, 403, 401, 407, 501, 481, 415, 488])
    maker = world.random.choice([line.callee, line.proxies[-1]])
    if maker is line.callee:
        maker.on['OPTIONS'] = lambda t, m, e: maker.respond(t, m.reply(status, 'o%x' % world.random.getrandbits(24)), [e])
    else:
        maker.refuses = lambda message: status

    def again(times):
        line.caller.peer_tag = ''
        line.caller.request('OPTIONS', [])
        if times > 1:
            world.later(world.random.uniform(20, 40), lambda: again(times - 1))
    again(world.random.randrange(1, 6))
    return _case(line)


@good
def a_sign_of_life_in_the_call(world):
    """A phone that does not take OPTIONS is there all the same."""
    line = Line(world).answers()
    path = world.random.choice([line.near, line.far])
    asks, told = world.random.sample([path.caller, path.callee], 2)
    status = world.random.choice([405, 501, 404, 403, 415])
    told.on['OPTIONS'] = lambda t, m, e: told.respond(t, m.reply(status, told.tag), [e])

    def talk(event):
        end = world.random.uniform(20, 100)
        for i in range(int(end / 15)):
            world.later(10 + 15 * i, lambda: asks.request('OPTIONS', [event]))
        line.near.hang_up(line.caller, [event], end)
    return _case(_talks(line, talk))


@good
def later_please(world):
    """500 with Retry-After, as another change is under way (RFC 3261 14.2, RFC 3311 5.2); the next try is taken."""
    line = Line(world, switch=False).answers()
    first, second = world.random.sample([line.caller, line.callee], 2)
    method = world.random.choice(['INVITE', 'UPDATE'])

    def talk(event):
        _refuses_once(second, method, 500, ('Retry-After: 3',))

        def refused(client, message, got):
            if message.status == 500:
                world.later(3, lambda: _asks(first, method, [got]))
        world.later(2, lambda: _asks(first, method, [event], refused))
        line.near.hang_up(line.caller, [event], world.random.uniform(12, 30))
    return _case(_talks(line, talk))


@good
def refreshed_in_another_way(world):
    """The other end does not take UPDATE: the session is refreshed by re-INVITE."""
    line = Line(world, switch=False).answers()
    first, second = world.random.sample([line.caller, line.callee], 2)

    def talk(event):
        second.on['UPDATE'] = lambda t, m, e: second.respond(t, m.reply(world.random.choice([405, 501]), second.tag), [e])

        def refused(client, message, got):
            world.later(.05, lambda: _asks(first, 'INVITE', [got]))
        world.later(2, lambda: _asks(first, 'UPDATE', [event], refused))
        line.near.hang_up(line.caller, [event], world.random.uniform(12, 30))
    return _case(_talks(line, talk))


@good
def fax_in_the_end(world):
    """T.38 is offered and taken, or refused with 488, and then the fax goes on by G.711."""
    line = Line(world, switch=False).answers()
    first, second = world.random.sample([line.caller, line.callee], 2)
    taken = world.random.random() < .5
    image = '\n'.join(('v=0', 'o=- 77 2 IN IP4 {0}', 's=-', 'c=IN IP4 {0}', 't=0 0', 'm=image 4444 udptl t38',
                       'a=T38FaxVersion:0', 'a=T38MaxBitRate:14400')).format

    def talk(event):
        before = second.on['INVITE']

        def invited(transaction, message, asked):
            if 'm=image' not in message.body:
                before(transaction, message, asked)
            elif taken:
                second.accept(transaction, [asked], body=image(second.endpoint.split(':')[0]))
            else:
                second.respond(transaction, message.reply(world.random.choice([488, 415, 606]), second.tag), [asked])
        second.on['INVITE'] = invited

        def refused(client, message, got):
            if message.status != 200 and world.random.random() < .7:
                world.later(.1, lambda: _asks(first, 'INVITE', [got]))
        world.later(3, lambda: _asks(first, 'INVITE', [event], refused, body=image(first.endpoint.split(':')[0])))
        line.near.hang_up(line.caller, [event], world.random.uniform(20, 60))
    return _case(_talks(line, talk))


@good
def published_anew(world):
    """412: the server has forgotten what was published before, and gets all of it (RFC 3903 11.2.1)."""
    line = Line(world, switch=False)
    server, phone = line.callee, line.caller
    server.on['PUBLISH'] = lambda t, m, e: server.respond(t, m.reply(412 if any(
        x.startswith('SIP-If-Match') for x in m.extra) else 200, server.tag, extra=('SIP-ETag: e1', 'Expires: 600')), [e])

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
    first.on['INVITE'] = lambda t, m, e: world.later(world.random.choice([.02, 12]), lambda: first.respond(
        t, m.reply(302, first.tag, extra=('Contact: <sip:300@example.com>',)), [e]))
    line.near.answers(second, world.random.uniform(1, 6))
    before = proxy.on_answer

    def on_answer(context):
        act = before(context)

        def moved(client, message, event):
            if message.status == 302:
                original = context['server'].request
                forwarded = original.copy(vias=(proxy.new_branch(),) + original.vias, uri='sip:300@example.com',
                                          max_forwards=original.max_forwards - 1)
                context['clients'].append(proxy.ask(second, forwarded, [event], on_answer(context)))
                return
            act(client, message, event)
        return moved
    proxy.on_answer = on_answer
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
        line.dress.of(phone).more = ['a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
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
