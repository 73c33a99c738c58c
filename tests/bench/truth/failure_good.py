"""Ordinary dialogues, of which nothing bad may be told, whatever clocks and captures do."""
import plays
from failure_capture import _registers
from failure_case import Case, Line, rings_then, transfer_teller
from failure_dress import Dress
from failure_media import _talks, vq_report

GOOD = {}   # by name: a function of a world that returns a Case

# What may be told of a play although it goes well, because it is true.
TRUE_OF = {'cancel_race': ['answer_crossed_cancel'], 'b2bua_fork': ['two_answers', 'answer_crossed_cancel'],
           'fork': ['two_answers', 'answer_crossed_cancel'],
           'lossy': ['lost_between', 'no_ack', 'bye_unanswered', 'no_response', 'slow_setup'],
           'lost_acks': ['lost_between', 'no_ack'], 'glare': []}
FAILING = ('dead_end',)


def good(function):
    GOOD[function.__name__] = function
    return function


def _dressed(play):
    def act(world):
        Dress(world)
        if play.__name__ not in ('lossy', 'lost_acks', 'late_answer') and world.random.random() < .2:
            world.transport = 'TCP'
        path = play(world)
        return Case(path.hosts, (), allowed=TRUE_OF.get(play.__name__, ()), witness=[path.proxies[0]])
    act.__name__ = play.__name__
    return act


for _name, _play in plays.ALL.items():
    if _name not in FAILING:
        GOOD[_name] = _dressed(_play)


def _case(line, **more):
    return Case(line.hosts, (), **more)


@good
def ordinary(world):
    line = Line(world).answers(status=world.random.choice([180, 183]))
    return _case(_talks(line, seconds=(.3, 90)))


@good
def ordinary_in_public(world):
    line = Line(world).answers()
    line.go_public()
    return _case(_talks(line))


@good
def held_and_resumed(world):
    line = Line(world).answers()
    path = world.random.choice([line.near, line.far])

    def talk(event):
        phone = world.random.choice([path.caller, path.callee])

        def turn(direction):
            line.dress.of(phone).direction = direction
            phone.request('INVITE', [event], lambda c, m, e: m.status == 200 and phone.acknowledge(c, m, e))
        world.later(2, lambda: turn(world.random.choice(['sendonly', 'inactive'])))
        world.later(8, lambda: turn('sendrecv'))
        line.near.hang_up(line.caller, [event], 15)
    return _case(_talks(line, talk))


@good
def gives_up_while_it_rings(world):
    line = Line(world).answers(ring=70)
    line.begin()
    world.later(world.random.uniform(.5, 50), lambda: line.caller.give_up(line.caller.invite, []))
    return _case(line)


@good
def is_busy(world):
    line = Line(world)
    rings_then(line, lambda transaction, causes: line.callee.respond(
        transaction, transaction.request.reply(world.random.choice([486, 600, 603]), line.callee.tag), causes))
    line.begin()
    return _case(line)


@good
def next_gateway(world):
    """The first gateway refuses, the second one takes it."""
    line = Line(world, switch=False)
    proxy, first, second = line.proxies[-1], line.callee, plays.Phone(
        world, line.callee.endpoint.rsplit('.', 1)[0] + '.98:5060', 'second%x' % world.random.getrandbits(24), False)
    second.door = proxy
    first.on['INVITE'] = lambda transaction, message, event: world.later(.05, lambda: first.respond(
        transaction, message.reply(world.random.choice([503, 500, 404, 480, 408]), first.tag), [event]))
    line.near.answers(second, world.random.uniform(.5, 4))
    proxy.tries_next(second, lambda status: status >= 400)
    line.near.call(lambda e: line.near.hang_up(line.caller, [e]))
    return Case([*line.hosts, second], (), witness=[proxy])


@good
def session_refreshed(world):
    """Re-INVITE or UPDATE at half the interval; hung up when it suits the caller."""
    line = Line(world, switch=False).answers()
    seconds, method = world.random.choice([90, 180, 1800]), world.random.choice(['INVITE', 'UPDATE'])

    def negotiated(host, message):
        if message.method in ('INVITE', 'UPDATE') and host is line.caller and not message.status:
            message.more += ('Supported: timer', f'Session-Expires: {seconds};refresher=uac')
        if message.method in ('INVITE', 'UPDATE') and message.status == 200 and host is line.callee:
            message.more += (f'Session-Expires: {seconds};refresher=uac', 'Require: timer')
    line.dress.spoils.append(negotiated)

    def refresh(event, left):
        if left:
            line.caller.request(method, [event], lambda c, m, e: method == 'INVITE' and m.status == 200 and
                                line.caller.acknowledge(c, m, e))
            world.later(seconds / 2, lambda: refresh(event, left - 1))
        else:
            line.near.hang_up(line.callee, [event], world.random.uniform(0, seconds / 8))
    return _case(_talks(line, lambda event: world.later(seconds / 2, lambda: refresh(event, world.random.randrange(1,
        4)))))


@good
def stale_nonce(world):
    """Credentials are challenged once more, as the nonce was too old."""
    line = Line(world, switch=False)
    method = world.random.choice(['REGISTER', 'INVITE', 'SUBSCRIBE'])
    if method == 'INVITE':
        line.answers()
    seen = []
    proxy = line.proxies[0]

    def refuses(message):
        if message.method == method and not message.to_tag and len(seen) < 2:
            seen.append(message)
            return 407
        return 0
    proxy.refuses = refuses

    def stale(host, message):
        if message.status == 407 and len(seen) > 1:
            message.more = tuple(x + ', stale=true' if x.startswith('Proxy-Authenticate') else x for x in message.more)
    line.dress.spoils.append(stale)

    def answered(client, message, event):
        if message.status == 407:
            ask([event], ('Proxy-Authorization' + line.dress.credentials(client.request).split('uthorization')[1],))
        elif message.status == 200 and method == 'INVITE' and line.caller.acknowledge(client, message, event):
            line.near.hang_up(line.caller, [event], 5)

    def ask(causes, extra):
        line.caller.request(method, causes, answered, extra=extra)
    ask([], ())
    return _case(line)


@good
def registrations(world):
    """Refreshed in time, now and then with a new contact, and ended."""
    n = world.random.randrange(2, 8)
    case = _registers(world, lambda line: [line.caller.endpoint] * n, [world.random.uniform(40,
        55) for _ in range(n)], 120)
    return Case(case.hosts, ())


@good
def transfer(world):
    line = Line(world, switch=False).answers()
    first, second = world.random.sample([line.caller, line.callee], 2)

    notify = transfer_teller(second)

    def referred(transaction, message, event):
        second.respond(transaction, message.reply(202, second.tag), [event])
        world.later(.01, lambda: notify(100, 'Trying', 'active;expires=60'))
        world.later(2, lambda: notify(200, 'OK', 'terminated;reason=noresource'))
        world.later(2.5, lambda: first.request('BYE', [event]))
    second.on['REFER'] = referred
    return _case(_talks(line, lambda event: world.later(3, lambda: first.request('REFER', [event], extra=(
        'Refer-To: <sip:300@example.com>',)))))


@good
def good_quality(world):
    line = Line(world).answers()

    def talk(event):
        extra, body = vq_report(line, 4.2, 0.3)

        def tell():
            message = line.caller.compose('PUBLISH', extra=extra, body=body).copy(to_tag='', leg='/report')
            line.caller.ask(line.caller.door, message, [event], lambda *_: None)
        line.near.hang_up(line.caller, [event], 8)
        world.later(8.3, tell)
    return _case(_talks(line, talk))


@good
def cancel_finds_nothing(world):
    """481 to a CANCEL that came too late."""
    line = Line(world, switch=False).answers(ring=2)
    line.begin(lambda event: line.near.hang_up(line.caller, [event], 6))

    def late():
        request = line.caller.invite.request.at_its_hop('CANCEL')
        line.caller.ask(line.caller.door, request, [], lambda *_: None)
    proxy = line.proxies[0]
    proxy.refuses = None
    on_request = proxy.on_request
    proxy.on_request = lambda transaction, message, event: proxy.respond(
        transaction, message.reply(481, 'p'), [event]) if message.method == 'CANCEL' else on_request(
        transaction, message, event)
    world.later(4, late)
    return _case(line)

