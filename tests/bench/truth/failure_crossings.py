"""Messages that cross: re-INVITEs, CANCEL and answer, two answers; and a leg that stays when the other ends."""
from failure_case import Case, Line, is_sent, way
from failure_media import _talks
from world import Phone, Proxy

# Of watchers whose stamps tell which of two messages at one host came first.
EXACT_FLAWS = ('none', 'offset 50 ms', 'offset seconds', 'offset hours', 'drift', 'twice', 'edits')


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


def _beside(world, phone, number):
    """Another phone in the same network."""
    endpoint = f'{phone.endpoint.rsplit(".", 1)[0]}.{number}:5060'
    return Phone(world, endpoint, 'other%x' % world.random.getrandbits(24), False)


def _fork(world, ended):
    """Two phones answer at the same time; the caller's side keeps one of them."""
    line = Line(world, switch=False)
    world.latency = (.005, .02)
    proxy, ring = line.proxies[-1], world.random.uniform(1, 4)
    other = _beside(world, line.callee, 77)
    other.door = proxy
    proxy.ahead = [line.callee, other]
    answered = []
    for phone in (line.callee, other):
        def invited(transaction, message, event, phone=phone):
            rang = []
            phone.progress(transaction, 100, [event])
            world.later(.1, lambda: rang.append(phone.progress(transaction, 180, [event])))
            world.later(ring - world.now + world.random.uniform(0, .004),
                        lambda: phone.accept(transaction, [event] + rang))
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
    other = _beside(world, far.callee, 78)
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
