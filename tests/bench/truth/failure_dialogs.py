"""Dialogues that go wrong: loops, dialogues that nobody knows, timers, PRACK, transfers."""
from failure_case import Case, Line, is_sent, transfer_teller, way
from failure_media import _talks


def _round(world, hops):
    """A line whose proxies send the INVITE round in circles."""
    line = Line(world, switch=False, proxies=hops, transport='UDP')
    line.dress.max_forwards = world.random.choice([6, 8, 10, 70]) if hops < 3 else 9
    proxies = line.proxies
    for here, there in zip(proxies, proxies[1:] + proxies[:1]):
        here.targets = lambda message, came_from, there=there: [there]
    return line


@way('loop')
def too_many_hops(world):
    """Two or three proxies send it to each other until Max-Forwards is used up."""
    line = _round(world, world.random.choice([2, 2, 3]))
    for proxy in line.proxies:
        proxy.refuses = lambda message: 483 if message.max_forwards <= 1 else 0
    line.begin()
    return Case(line.hosts, 'loop', witness=line.proxies, proof=[(is_sent('INVITE', 483), 1)])


@way('loop')
def loop_detected(world):
    line = _round(world, world.random.choice([1, 2, 3]))
    first = line.proxies[0]
    first.refuses = lambda message: 482 if sum(
        sent_by == first.endpoint for _, sent_by, _ in message.vias) else 0
    line.begin()
    return Case(line.hosts, 'loop', witness=[line.caller, *line.proxies], proof=[(is_sent('INVITE', 482, first), 1)])


@way('loop')
def comes_a_third_time(world):
    """Nobody counts; a timer ends it."""
    line = _round(world, 2)
    line.dress.max_forwards = 70
    turns = world.random.randrange(4, 9)
    status = world.random.choice([408, 500, 404])
    for proxy in line.proxies:
        proxy.refuses = lambda message: status if len(message.vias) > 2 * turns else 0
    line.begin()
    return Case(line.hosts, 'loop', witness=line.proxies, allowed=['refused', 'overloaded', 'unknown_number'],
                proof=[(is_sent('INVITE', 0, line.proxies[0], line.proxies[1]), 4)], exact=True)


def _forgotten(world, method, by_callee=False):
    """The other end has forgotten the dialogue: it was started anew."""
    line = Line(world).answers()
    if by_callee:
        path, asks, forgot = line.near, line.near.callee, line.caller
    else:
        path, asks, forgot = line.far, line.far.caller, line.callee

    def forgets(transaction, message, event):
        forgot.respond(transaction, message.reply(481, forgot.tag), [event])

    def talk(event):
        def act():
            forgot.on.update(BYE=forgets, INFO=forgets, UPDATE=forgets, INVITE=forgets, NOTIFY=forgets)
            asks.request(method, [event])
            if method != 'BYE' and not line.switch:
                world.later(1, lambda: asks.request('BYE', [event]))
            if line.switch:
                for one in dict.fromkeys((line.far.caller, line.switch.side)):
                    if one is not asks or method != 'BYE':
                        world.later(1, lambda one=one: one.request('BYE', [event]))
        world.later(world.random.uniform(4, 60), act)
    line.begin(talk)
    return Case(line.hosts, 'unknown_dialog', witness=path.hosts, proof=[(is_sent(method, 481, forgot), 1)])


@way('unknown_dialog')
def bye_to_who_forgot(world):
    return _forgotten(world, 'BYE', world.random.random() < .5)


@way('unknown_dialog')
def reinvite_to_who_forgot(world):
    return _forgotten(world, 'INVITE', world.random.random() < .5)


@way('unknown_dialog')
def request_to_who_forgot(world):
    return _forgotten(world, world.random.choice(['INFO', 'UPDATE']), world.random.random() < .5)


def _not_refreshed(world, at_end, who, switch=None):
    line = Line(world, switch=switch).answers(extra=())
    seconds = world.random.choice([90, 120, 180, 600, 1800])
    refresher = world.random.choice(['uac', 'uas'])
    path = world.random.choice([line.near, line.far]) if line.switch else line.near
    extra = f'Session-Expires: {seconds};refresher={refresher}'

    def negotiated(host, message):
        if (message.method == 'INVITE' and host in (path.caller, path.callee) and not message.to_tag
                and not message.status):
            message.more += ('Supported: timer', f'Session-Expires: {seconds}', 'Min-SE: 90')
        if message.method == 'INVITE' and message.status == 200 and host is path.callee:
            message.more += (extra, 'Require: timer')
    line.dress.spoils.append(negotiated)

    def acked(event):
        after = seconds if at_end else seconds - min(32, seconds / 3)
        phone = who(path)

        def end():
            phone.request('BYE', [event])
            if line.switch:
                (line.far.caller if path is line.near else line.switch.side).request('BYE', [event])
        if not path.over:
            path.over = True
            world.later(after + world.random.uniform(0, .4), end)
    path.over = False
    path.callee.on_acked.append(acked)
    line.begin()
    return Case(line.hosts, 'session_timer_expired', witness=[path.caller, path.callee], exact=True,
                flaws=['none', 'offset seconds', 'drift', 'disorder'],
                proof=[(is_sent('INVITE', 200, path.callee), 1), (is_sent('BYE', 0, who(path)), 1)])


@way('session_timer_expired')
def callee_ends_early_enough(world):
    return _not_refreshed(world, False, lambda path: path.callee)


@way('session_timer_expired')
def caller_ends_at_the_end(world):
    return _not_refreshed(world, True, lambda path: path.caller)


@way('session_timer_expired')
def switch_ends_it(world):
    return _not_refreshed(world, world.random.random() < .5, lambda path: path.callee if path.caller.of is path.caller
                          else path.caller, True)


def _too_small(world, method, status, where):
    line = Line(world, switch=False).answers()
    maker = line.callee if where == 'callee' else line.proxies[0]
    header = 'Min-SE: 1800' if status == 422 else 'Min-Expires: 600'
    small, large = (('Session-Expires: 90', 'Session-Expires: 1800') if status == 422 else
                    ('Expires: 30', 'Expires: 600'))

    def answered(client, message, event):
        if message.status == status:
            world.later(.01, lambda: line.caller.request(method, [event], answered, extra=(large,)))
        elif message.status == 200 and method == 'INVITE' and line.caller.acknowledge(client, message, event):
            line.near.hang_up(line.caller, [event], 8)
    before = maker.on.get(method) if maker is line.callee else maker.on_request

    def act(transaction, message, event):
        if message.method == method and small in message.extra:
            maker.respond(transaction, message.reply(status, 'small', extra=(header,)), [event])
        elif before:
            before(transaction, message, event)
        else:
            maker.respond(transaction, message.reply(200, maker.tag), [event])
    if maker is line.callee:
        maker.on[method] = act
    else:
        maker.on_request = act
    line.caller.request(method, [], answered, extra=(small,))
    return Case(line.hosts, 'interval_too_small', witness=[maker, line.before(maker)],
                proof=[(is_sent(method, status, maker), 1)])


@way('interval_too_small')
def session_too_short(world):
    return _too_small(world, 'INVITE', 422, world.random.choice(['callee', 'proxy']))


@way('interval_too_small')
def registration_too_short(world):
    return _too_small(world, 'REGISTER', 423, world.random.choice(['callee', 'proxy']))


@way('interval_too_small')
def subscription_too_short(world):
    return _too_small(world, 'SUBSCRIBE', 423, 'callee')


def _not_pracked(world, status, then_refused, switch=None):
    line = Line(world, switch=switch)
    path = world.random.choice([line.near, line.far]) if line.switch else line.near
    callee = path.callee

    def invited(transaction, message, event):
        if path is line.near and line.switch:
            line.switch.invite = transaction
        callee.progress(transaction, 100, [event])
        world.later(.1, lambda: reliable(transaction, event))

    def reliable(transaction, event):
        callee.progress(transaction, status, [event], extra=('Require: 100rel', 'RSeq: 1'))
        message = transaction.last

        def again():
            transaction.last_event = world.transmit(callee, transaction.peer, message, [transaction.last_event], True)
        until = world.now + world.random.uniform(4, 14) if not then_refused else 1e9

        def end():
            if then_refused and not transaction.over:
                callee.respond(transaction, transaction.request.reply(then_refused, callee.tag),
                               [transaction.last_event])
        callee.repeat(again, lambda: transaction.over or world.now > until, longest=1e9, by_any_transport=True,
                      then=end)
        if not then_refused:
            world.later(until - world.now + 1, lambda: callee.accept(transaction, [transaction.last_event]))
    callee.on['INVITE'] = invited
    line.begin(lambda e: line.near.hang_up(line.caller, [e], 6) if not line.switch or path is line.far else
               line.caller.request('BYE', [e]))
    return Case(line.hosts, 'no_prack', witness=[callee, line.before(callee)], allowed=['refused', 'overloaded'],
                proof=[(is_sent('INVITE', status, callee), 3)])


@way('no_prack')
def early_media_not_pracked(world):
    return _not_pracked(world, 183, world.random.choice([500, 504]), False)


@way('no_prack')
def ringing_not_pracked(world):
    return _not_pracked(world, 180, None, False)


@way('no_prack')
def leg_of_a_switch_not_pracked(world):
    return _not_pracked(world, world.random.choice([180, 183]), world.random.choice([504, 500, None]), True)


def _transfer(world, refused=None, then=None, early=True, switch=False):
    line = Line(world, switch=switch).answers()
    path = world.random.choice([line.near, line.far]) if line.switch else line.near
    first, second = world.random.sample([path.caller, path.callee], 2)

    notify = transfer_teller(second)

    def referred(transaction, message, event):
        if refused:
            second.respond(transaction, message.reply(refused, second.tag), [event])
            return
        second.respond(transaction, message.reply(202, second.tag), [event])
        if early:
            world.later(.01, lambda: notify(100, 'Trying', 'active;expires=60'))
        world.later(world.random.uniform(.5, 4), lambda: notify(*then, 'terminated;reason=noresource'))

    def talk(event):
        second.on['REFER'] = referred
        world.later(3, lambda: first.request('REFER', [event], extra=(
            f'Refer-To: <sip:{world.random.randrange(100, 999)}@example.com>',)))
        line.near.hang_up(line.caller, [event], 12)
    _talks(line, talk)
    proof = [(is_sent('REFER', refused, second), 1)] if refused else [
        (lambda e: is_sent('NOTIFY', 0, second)(e) and e.message.body.startswith(f'SIP/2.0 {then[0]}'), 1)]
    return Case(line.hosts, 'transfer_failed', witness=path.hosts, proof=proof)


@way('transfer_failed')
def refer_refused(world):
    return _transfer(world, refused=world.random.choice([403, 404, 405, 501, 603]))


@way('transfer_failed')
def target_does_not_answer(world):
    return _transfer(world, then=world.random.choice([
        (486, 'Busy Here'), (404, 'Not Found'), (480, 'Temporarily Unavailable'), (503, 'Service Unavailable'),
        (603, 'Decline')]))


@way('transfer_failed')
def switch_cannot_transfer(world):
    return _transfer(world, then=world.random.choice([(404, 'Not Found'), (503, 'Service Unavailable')]),
                     early=world.random.random() < .5, switch=True)
