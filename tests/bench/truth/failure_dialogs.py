"""Dialogues that go wrong: loops, dialogues that nobody knows, crossings, ends that do not come."""
from failure_case import Case, Line, is_sent, way
from failure_media import _talks
from world import Phone, Proxy

# Of watchers whose stamps tell which of two messages at one host came first.
EXACT_FLAWS = ('none', 'offset 50 ms', 'offset seconds', 'offset hours', 'drift', 'twice', 'edits')


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


def _both_at_once(world, methods, proxies=None):
    line = Line(world, switch=False, proxies=proxies).answers()
    asked = {}

    def talk(event):
        for phone, method in zip((line.caller, line.callee), methods):
            world.later(1 + world.random.uniform(0, .0005), lambda p=phone, m=method: begin(p, m, event))
        line.near.hang_up(line.caller, [event], 12)

    def begin(phone, method, event):
        asked[phone] = True
        phone.request(method, [event], lambda c, m, e: answered(phone, m, e))

    def answered(phone, message, event):
        if message.status >= 200:
            asked.pop(phone, None)
        if message.status == 200 and message.method == 'INVITE':
            phone.acknowledge(None, message, event)
    line.begin(talk)
    for phone in (line.caller, line.callee):
        for method in methods:
            def act(transaction, message, event, phone=phone, before=phone.on.get(method)):
                if asked.get(phone) and message.to_tag:
                    phone.respond(transaction, message.reply(491, phone.tag), [event])
                elif before:
                    before(transaction, message, event)
                else:
                    phone.respond(transaction, message.reply(200, phone.tag), [event])
            phone.on[method] = act
    return Case(line.hosts, 'glare', proof=[(lambda e: e.message.status == 491, 1)])


@way('glare')
def reinvites_cross(world):
    return _both_at_once(world, ('INVITE', 'INVITE'))


@way('glare')
def updates_cross(world):
    return _both_at_once(world, ('UPDATE', 'UPDATE'))


@way('glare')
def update_crosses_reinvite(world):
    return _both_at_once(world, ('UPDATE', 'INVITE'))


def _crossed(world, ended, switch):
    """The CANCEL leaves a moment before the 2xx comes to the same hop."""
    line = Line(world, switch=switch)
    ring = world.random.uniform(1, 5)
    line.answers(ring=ring)
    caller = line.far.caller
    world.latency = (.004, .01)
    line.begin()
    state = []

    def accepted(client, message, event):
        if message.status == 200:
            state.append(caller.acknowledge(client, message, event))
            if ended and len(state) == 1:
                world.later(.01, lambda: caller.request('BYE', [event]))

    def give_up():
        if line.far.caller.invite.over:
            return
        caller.invite.on_response = accepted
        line.caller.give_up(line.caller.invite, [])
    world.later(ring + .2 + world.random.uniform(-.02, .08), give_up)
    return Case(line.hosts, 'answer_crossed_cancel', witness=[caller], severity='warning' if ended else 'error',
                exact=True, flaws=EXACT_FLAWS,
                proof=[(is_sent('CANCEL', 0, caller), 1),
                       (lambda e: is_sent('INVITE', 200, None, caller)(e) and any(
                           is_sent('CANCEL', 0, caller)(c) and c.sent + .0015 < e.sent < c.sent + .2
                           for c in world.events), 1),
                       (is_sent('BYE', 0, caller), 1 if ended else 0)])


@way('answer_crossed_cancel')
def cancel_and_bye(world):
    return _crossed(world, True, False)


@way('answer_crossed_cancel')
def cancel_and_no_bye(world):
    return _crossed(world, False, False)


@way('answer_crossed_cancel')
def switch_cancels_too_late(world):
    return _crossed(world, world.random.random() < .5, True)


def _fork(world, ended):
    """Two phones answer at the same time; the caller's side keeps one of them."""
    line = Line(world, switch=False)
    world.latency = (.005, .02)
    proxy, ring = line.proxies[-1], world.random.uniform(1, 4)
    other = Phone(world, line.callee.endpoint.rsplit('.', 1)[0] + '.77:5060', 'other%x' % world.random.getrandbits(24), False)
    other.door = proxy
    proxy.ahead = [line.callee, other]
    answered = []
    for phone in (line.callee, other):
        def invited(transaction, message, event, phone=phone):
            rang = []
            phone.progress(transaction, 100, [event])
            world.later(.1, lambda: rang.append(phone.progress(transaction, 180, [event])))
            world.later(ring - world.now + world.random.uniform(0, .004), lambda: phone.accept(transaction, [event] + rang))
        phone.on['INVITE'] = invited
    acknowledge = line.caller.acknowledge

    def acknowledged(client, message, event):
        told = acknowledge(client, message, event)
        if told:
            answered.append(message.to_tag)
            if len(answered) > 1 and ended:
                bye = line.caller.compose('BYE').copy(to_tag=message.to_tag)
                world.later(.01, lambda: line.caller.ask(line.caller.hop(), bye, [event], lambda *_: None))
        return told
    line.caller.acknowledge = acknowledged
    _talks(line, lambda event: world.later(world.random.uniform(5, 20), lambda: line.caller.request('BYE', [event])))
    return Case([*line.hosts, other], {'two_answers', 'answer_crossed_cancel'}, witness=line.near.hosts[:2],
                severity='warning' if ended else 'error', exact=True,
                proof=[(lambda e, p=phone: is_sent('INVITE', 200)(e) and e.dst is line.caller and
                        e.message.to_tag == p.tag, 1) for phone in (line.callee, other)] +
                [(is_sent('BYE', 0, line.caller), 2 if ended else 1)])


@way('two_answers')
def second_answer_ended(world):
    return _fork(world, True)


@way('two_answers')
def second_answer_left(world):
    return _fork(world, False)


@way('two_answers')
def caller_forks_itself(world):
    """A back-to-back user agent in front of two phones: the proxy behind it forks."""
    line = Line(world, switch=True)
    world.latency = (.005, .02)
    far = line.far
    if not far.proxies:
        far.proxies.append(Proxy(world, f'10.{world.random.randrange(1, 250)}.0.10:5060'))
        far.caller.door = far.callee.door = far.proxies[0]
        far.proxies[0].back, far.proxies[0].ahead = [far.caller], [far.callee]
        far.hosts.insert(1, far.proxies[0])
        line.hosts.insert(-1, far.proxies[0])
    proxy = far.proxies[0]
    other = Phone(world, far.callee.endpoint.rsplit('.', 1)[0] + '.78:5060', 'other%x' % world.random.getrandbits(24), False)
    other.door, other.leg = proxy, far.callee.leg
    proxy.ahead = [far.callee, other]
    ring = world.random.uniform(1, 4)
    for phone in (far.callee, other):
        def invited(transaction, message, event, phone=phone):
            phone.progress(transaction, 100, [event])
            world.later(.1, lambda: phone.progress(transaction, 180, [event]))
            world.later(ring - world.now + world.random.uniform(0, .004), lambda: phone.accept(transaction, [event]))
        phone.on['INVITE'] = invited
    acknowledge, tags = far.caller.acknowledge, []

    def acknowledged(client, message, event):
        told = acknowledge(client, message, event)
        if told:
            tags.append(message.to_tag)
            if len(tags) > 1:
                bye = far.caller.compose('BYE').copy(to_tag=message.to_tag)
                world.later(.01, lambda: far.caller.ask(far.caller.hop(), bye, [event], lambda *_: None))
        return told
    far.caller.acknowledge = acknowledged
    _talks(line, lambda event: world.later(world.random.uniform(5, 20), lambda: line.caller.request('BYE', [event])))
    return Case([*line.hosts, other], {'two_answers', 'answer_crossed_cancel'}, witness=[far.caller, proxy],
                severity='warning', exact=True,
                proof=[(lambda e, p=phone: is_sent('INVITE', 200)(e) and e.dst is far.caller and
                        e.message.to_tag == p.tag, 1) for phone in (far.callee, other)] +
                [(is_sent('BYE', 0, far.caller), 2)])


def _left_open(world, by_caller, ended_late):
    line = Line(world, switch=True).answers()
    side, far = line.switch.side, line.far.caller
    here, there = (side, far) if by_caller else (far, side)

    def ended(transaction, message, event):
        here.respond(transaction, message.reply(200, here.tag), [event])
        if ended_late:
            world.later(world.random.uniform(15, 200), lambda: there.request('BYE', [event]))
    line.begin(lambda e: line.near.hang_up(line.caller if by_caller else line.callee, [e], world.random.uniform(4, 60)))
    if by_caller:
        side.on['BYE'] = ended
    else:
        line.switch.call = None
        line.switch.side.on['INVITE'] = _calls_with(line, ended)
    return Case(line.hosts, 'leg_left_open', witness=[side], exact=True,
                proof=[(is_sent('BYE', 0, None, here), 1), (is_sent('INVITE', 200, line.callee), 0),
                       (is_sent('ACK', 0), 2)])


def _calls_with(line, ended):
    """The switch calls as ever, but on the callee's BYE it does what it is told."""
    switch = line.switch

    def called(transaction, message, event):
        switch.invite = transaction
        switch.side.progress(transaction, 100, [event])

        def call():
            line.far.call(lambda answer: switch.accepted(line.far, answer), [event], switch.rings, switch.was_refused)
            line.far.caller.on['BYE'] = ended
        line.world.later(line.random.uniform(.002, .02), call)
    return called


@way('leg_left_open')
def callees_leg_is_forgotten(world):
    return _left_open(world, True, False)


@way('leg_left_open')
def callers_leg_is_forgotten(world):
    return _left_open(world, False, False)


@way('leg_left_open')
def leg_is_ended_late(world):
    return _left_open(world, world.random.random() < .5, True)


def _not_refreshed(world, at_end, who, switch=None):
    line = Line(world, switch=switch).answers(extra=())
    seconds = world.random.choice([90, 120, 180, 600, 1800])
    refresher = world.random.choice(['uac', 'uas'])
    path = world.random.choice([line.near, line.far]) if line.switch else line.near
    extra = f'Session-Expires: {seconds};refresher={refresher}'

    def negotiated(host, message):
        if message.method == 'INVITE' and host in (path.caller, path.callee) and not message.to_tag and not message.status:
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
                callee.respond(transaction, transaction.request.reply(then_refused, callee.tag), [transaction.last_event])
        callee.repeat(again, lambda: transaction.over or world.now > until, longest=1e9, by_any_transport=True, then=end)
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

    def notify(status, reason, state):
        second.request('NOTIFY', [], extra=('Event: refer', f'Subscription-State: {state}',
                                            'Content-Type: message/sipfrag;version=2.0'),
                       body=f'SIP/2.0 {status} {reason}')

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
    return _transfer(world, then=world.random.choice([(486, 'Busy Here'), (404, 'Not Found'), (480, 'Temporarily Unavailable'),
                                                      (503, 'Service Unavailable'), (603, 'Decline')]))


@way('transfer_failed')
def switch_cannot_transfer(world):
    return _transfer(world, then=world.random.choice([(404, 'Not Found'), (503, 'Service Unavailable')]),
                     early=world.random.random() < .5, switch=True)


def _short(world, who, switch, seconds):
    line = Line(world, switch=switch).answers()
    _talks(line, lambda event: line.near.hang_up(who(line), [event], seconds))
    return Case(line.hosts, 'short_call', exact=True, flaws=['none', 'offset seconds', 'offset hours', 'drift', 'twice', 'edits'],
                proof=[(is_sent('INVITE', 200), 1), (is_sent('BYE', 0), 1)])


@way('short_call')
def callee_hangs_up_at_once(world):
    return _short(world, lambda line: line.callee, False, world.random.uniform(.2, 2.5))


@way('short_call')
def caller_hangs_up_at_once(world):
    return _short(world, lambda line: line.caller, False, world.random.uniform(.2, 2.5))


@way('short_call')
def short_over_a_switch(world):
    return _short(world, lambda line: world.random.choice([line.caller, line.callee]), True, world.random.uniform(.2, 2.5))
