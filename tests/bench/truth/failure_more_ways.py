"""The same findings, come about in other ways: registrations, subscriptions, refreshes that stop, transfers."""
from failure_case import Case, Line, deafen, is_sent, rings_then, transfer_teller, way
from failure_media import _talks
from failure_other_ways import _asks


@way('registration_unstable')
def two_ways_out(world):
    """A router with two uplinks: the contact goes to and fro."""
    line = Line(world, switch=False)
    n = world.random.randrange(6, 10)
    line.callee.on['REGISTER'] = lambda transaction, message, event: line.callee.respond(
        transaction, message.reply(200, line.callee.tag, extra=('Expires: 600',)), [event])

    def step(i):
        line.dress.contacts[line.caller] = f'Contact: <sip:alice@10.9.{i % 2}.7:5060>;expires=600'
        line.caller.peer_tag = ''
        line.caller.request('REGISTER', [])
        if i < n:
            world.later(world.random.uniform(5, 50), lambda: step(i + 1))
    step(0)
    return Case(line.hosts, 'registration_unstable', witness=line.hosts[:2], exact=True, allowed=['private_contact'],
                flaws=['none', 'offset seconds', 'drift'], proof=[(is_sent('REGISTER', 0, line.caller), n + 1)])


@way('large_udp_request')
def large_text(world):
    """A MESSAGE, or the NOTIFY of a list, gets lost, or comes late."""
    line = Line(world, switch=False, transport='UDP')
    hop = world.random.choice(line.hops())
    method = world.random.choice(['MESSAGE', 'PUBLISH'])
    for _ in range(world.random.choice([1, 2, 3])):
        world.forced_losses.append(is_sent(method, 0, *hop))
    line.caller.request(method, [], extra=('Content-Type: text/plain',), body='\n'.join(['x' * 70] * 20))
    return Case(line.hosts, 'large_udp_request', witness=[hop[0]], blind=[hop[1]], exact=True,
                allowed=['lost_between', 'retransmissions'], proof=[(is_sent(method, 0, *hop), 2)])


@way('unknown_dialog')
def subscription_is_forgotten(world):
    """The phone was started anew: it does not know the subscription that its server still tells it of."""
    line = Line(world, switch=False)
    server, phone = line.callee, line.caller

    def subscribed(transaction, message, event):
        server.respond(transaction, message.reply(200, server.tag, extra=('Expires: 600',)), [event])
        world.later(.01, lambda: notify(event))
        world.later(90, lambda: phone.on.update(NOTIFY=lambda t, m, e: phone.respond(t, m.reply(481, phone.tag), [e])))
        world.later(world.random.uniform(100, 300), lambda: notify(event))

    def notify(event):
        server.request('NOTIFY', [event], extra=('Event: dialog', 'Subscription-State: active;expires=500'))
    server.on['SUBSCRIBE'] = subscribed
    phone.request('SUBSCRIBE', [], extra=('Event: dialog', 'Expires: 600'))
    return Case(line.hosts, 'unknown_dialog', phone, witness=line.hosts[:2], exact=True,
                proof=[(is_sent('NOTIFY', 481, phone), 1)])


@way('unknown_dialog')
def server_forgot_the_subscription(world):
    line = Line(world, switch=False)
    server, phone, seen = line.callee, line.caller, []

    def subscribed(transaction, message, event):
        seen.append(event)
        server.respond(transaction, message.reply(200 if len(seen) == 1 else 481, server.tag), [event])
    server.on['SUBSCRIBE'] = subscribed

    def answered(client, message, event):
        phone.peer_tag = phone.peer_tag or message.to_tag
    for at in (0, world.random.uniform(100, 500)):
        world.later(at, lambda: phone.request('SUBSCRIBE', [], answered, extra=('Event: dialog', 'Expires: 600')))
    return Case(line.hosts, 'unknown_dialog', server, witness=line.hosts[-2:], exact=True,
                proof=[(is_sent('SUBSCRIBE', 481, server), 1)])


@way('session_timer_expired')
def stops_refreshing(world):
    """Refreshed twice or more, and then no more: the refresher is gone, and the other end hangs up."""
    line = Line(world, switch=False).answers()
    seconds, method = world.random.choice([90, 180, 600]), world.random.choice(['INVITE', 'UPDATE'])

    def negotiated(host, message):
        if message.method in ('INVITE', 'UPDATE') and host in (line.caller, line.callee) and message.status in (0, 200):
            message.more += (f'Session-Expires: {seconds};refresher=uac',)
    line.dress.spoils.append(negotiated)

    def refresh(event, left):
        _asks(line.caller, method, [event])
        if left:
            world.later(seconds / 2, lambda: refresh(event, left - 1))
        else:
            world.later(seconds - min(32, seconds / 3) + world.random.uniform(.1, .6), lambda: line.callee.request(
                'BYE', [event]))
    _talks(line, lambda event: world.later(seconds / 2, lambda: refresh(event, world.random.randrange(1, 4))))
    return Case(line.hosts, 'session_timer_expired', witness=[line.callee, line.before(line.callee)], exact=True,
                flaws=['none', 'offset seconds', 'disorder'],
                proof=[(is_sent(method, 200, line.callee), 2), (is_sent('BYE', 0, line.callee), 1)])


@way('interval_too_small')
def published_for_too_short(world):
    """PUBLISH with 423, or a refresh of the session with 422."""
    line = Line(world, switch=False)
    server = line.callee

    def published(transaction, message, event):
        small = 'Expires: 30' in message.extra
        server.respond(transaction, message.reply(423 if small else 200, server.tag, extra=(
            'Min-Expires: 600',) if small else ('SIP-ETag: x',)), [event])
    server.on['PUBLISH'] = published

    def answered(client, message, event):
        line.caller.peer_tag = ''
        if message.status == 423:
            world.later(.01, lambda: line.caller.request('PUBLISH', [event], answered, extra=('Expires: 600',)))
    line.caller.request('PUBLISH', [], answered, extra=('Event: presence', 'Expires: 30'))
    return Case(line.hosts, 'interval_too_small', witness=line.hosts[-2:], exact=True,
                proof=[(is_sent('PUBLISH', 423, server), 1)])


@way('transfer_failed')
def transfer_comes_back(world):
    """The NOTIFY of the failure comes after others of ringing; the call goes on as before."""
    line = Line(world, switch=False).answers()
    first, second = world.random.sample([line.caller, line.callee], 2)
    status, reason = world.random.choice([(487, 'Request Terminated'), (408, 'Request Timeout'), (486, 'Busy Here')])

    notify = transfer_teller(second, '')

    def referred(transaction, message, event):
        second.respond(transaction, message.reply(202, second.tag), [event])
        world.later(.01, lambda: notify(100, 'Trying', 'active;expires=60'))
        world.later(.4, lambda: notify(180, 'Ringing', 'active;expires=50'))
        world.later(world.random.uniform(5, 20), lambda: notify(status, reason, 'terminated;reason=noresource'))
    second.on['REFER'] = referred

    def talk(event):
        world.later(3, lambda: first.request('REFER', [event], extra=('Refer-To: <sip:300@example.com>',)))
        line.near.hang_up(first, [event], 40)
    _talks(line, talk)
    return Case(line.hosts, 'transfer_failed', second, witness=[second], exact=True, proof=[
        (lambda e: is_sent('NOTIFY', 0, second)(e) and e.message.body.startswith(f'SIP/2.0 {status}'), 1)])


@way('wrong_credentials')
def asks_for_ever(world):
    """Five tries with the same wrong password."""
    line = Line(world, switch=False)
    method = world.random.choice(['REGISTER', 'SUBSCRIBE', 'INVITE'])
    line.proxies[0].refuses = lambda message: 407 if message.method == method and not message.to_tag else 0

    def ask(left, causes, extra=()):
        def answered(client, message, event):
            if message.status == 407 and left:
                world.later(world.random.uniform(.01, 2), lambda: ask(left - 1, [event], (
                    'Proxy-Authorization' + line.dress.credentials(client.request).split('uthorization')[1],)))
        line.caller.peer_tag = ''
        line.caller.request(method, causes, answered, extra=extra)
    ask(5, [])
    return Case(line.hosts, 'wrong_credentials', witness=line.hosts[:2], exact=True,
                proof=[(is_sent(method, 407, line.proxies[0]), 6)])


@way('no_response')
def dead_for_a_text(world):
    """A server takes no MESSAGE, SUBSCRIBE or PUBLISH: nobody says anything."""
    line = Line(world, switch=False, transport='UDP')
    deafen(line.callee)
    line.caller.request(world.random.choice(['MESSAGE', 'SUBSCRIBE', 'PUBLISH']), [])
    before = line.before(line.callee)
    return Case(line.hosts, 'no_response', line.callee, witness=[before], blind=[line.callee],
                proof=[(is_sent(None, 0, before, line.callee), 5)])


@way('refused')
def refused_after_early_media(world):
    """An announcement says why, and a status that no person gives follows."""
    line = Line(world)
    status = world.random.choice([403, 402, 501, 433])
    rings_then(line, lambda transaction, causes: line.callee.respond(
        transaction, transaction.request.reply(status, line.callee.tag, extra=(
            'Reason: Q.850;cause=21;text="Call Rejected"',)), causes))
    line.begin()
    return Case(line.hosts, 'refused', line.callee, witness=[line.callee, line.before(line.callee)],
                proof=[(is_sent('INVITE', status, line.callee), 1)])


@way('refused')
def registration_is_forbidden(world):
    line = Line(world, switch=False)
    status = world.random.choice([403, 405, 406])
    line.callee.on['REGISTER'] = lambda transaction, message, event: line.callee.respond(
        transaction, message.reply(status, line.callee.tag), [event])
    line.caller.request('REGISTER', [])
    return Case(line.hosts, 'refused', line.callee, witness=[line.callee, line.before(line.callee)],
                proof=[(is_sent('REGISTER', status, line.callee), 1)])


@way('slow_setup')
def several_gateways_are_tried(world):
    """Each of the first ones takes its time to refuse."""
    line = Line(world, switch=True).answers(ring=2)
    line.far.callee.of = line.far.callee
    switch = line.switch
    before = switch.call

    def late(leg, event):
        world.later(world.random.uniform(8, 20), lambda: before(leg, event))
    switch.call = late
    line.begin(lambda event: line.near.hang_up(line.caller, [event], world.random.uniform(4, 30)))
    return Case(line.hosts, 'slow_setup', switch.side, witness=[switch.side], exact=True,
                flaws=['none', 'offset seconds', 'disorder', 'edits'],
                proof=[(is_sent('INVITE', 180, switch.side), 1), (is_sent('INVITE', 0, line.far.caller), 1)])
