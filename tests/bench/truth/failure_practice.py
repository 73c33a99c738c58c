"""Ordinary dialogues of which nothing bad may be told: what is refused in them is tried in another way, or comes too
late to matter."""
from failure_case import Line, transfer_teller
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

    notify = transfer_teller(second)

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
        maker.on['OPTIONS'] = lambda t, m, e: maker.respond(t, m.reply(status, 'o%x' % world.random.getrandbits(24)),
            [e])
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
        second.on['UPDATE'] = lambda t, m, e: second.respond(t, m.reply(world.random.choice([405, 501]), second.tag),
            [e])

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
