"""Somebody does not answer; something is lost on the way."""
from failure_case import Case, Line, deafen, is_sent, way


@way('no_response')
def dead_callee(world):
    line = Line(world)
    before = line.before(line.callee)
    deafen(line.callee)
    by_timer = world.transport != 'UDP' or world.random.random() < .6
    if by_timer:
        before.patience = world.random.choice([20, 32] if world.transport != 'UDP' else [5, 10, 32])
    line.begin()
    if not by_timer:
        world.later(world.random.uniform(33, 60), lambda: line.caller.give_up(line.caller.invite, []))
    proof = [(is_sent('INVITE', 0, before, line.callee), 1 if world.transport != 'UDP' else 4 if by_timer else 5)]
    if by_timer:
        proof.append((is_sent('INVITE', 408, before), 1))
    return Case(line.hosts, 'no_response', line.callee, witness=[before], proof=proof)


@way('no_response')
def dead_proxy(world):
    """The first, or one in between; whoever asked it gives up by its timer."""
    line = Line(world, switch=False, transport='UDP')
    dead = world.random.choice(line.proxies)
    before = line.before(dead)
    deafen(dead)
    if before is not line.caller:
        before.patience = world.random.choice([5, 20, 32])
    line.begin()
    return Case(line.hosts, 'no_response', dead, witness=[before],
                proof=[(is_sent('INVITE', 0, before, dead), 4 if before.patience == 5 else 5)] +
                ([(is_sent('INVITE', 408, before), 1)] if before.patience else []))


@way('no_response')
def dead_server(world):
    """A request outside of calls: to a registrar, a presence server, a phone."""
    line = Line(world, switch=False, transport='UDP')
    method = world.random.choice(['OPTIONS', 'REGISTER', 'MESSAGE', 'SUBSCRIBE'])
    dead = world.random.choice([line.callee, line.proxies[0]])
    before = line.before(dead)
    deafen(dead)
    line.caller.request(method, [])
    return Case(line.hosts, 'no_response', dead, witness=[before], proof=[(is_sent(method, 0, before, dead), 5)])


@way('no_response')
def dead_in_the_call(world):
    """It had answered, and is gone when a BYE, INFO, UPDATE or re-INVITE comes."""
    line = Line(world, transport='UDP').answers()
    method = world.random.choice(['BYE', 'BYE', 'INFO', 'UPDATE'])
    asks, dead = (line.caller, line.callee) if world.random.random() < .5 else (line.callee, line.caller)
    if method != 'BYE' and line.switch:  # it answers for the other leg itself
        path = line.far if dead is line.callee else line.near
        asks = path.caller if dead is path.callee else path.callee if path is line.far else line.switch.side
    before = line.before(dead) if dead is line.callee else next(b for a, b in line.hops() if a is dead)

    def talk(event):
        def act():
            deafen(dead)
            asks.request(method, [event])
        world.later(world.random.uniform(3, 30), act)
    line.begin(talk)
    return Case(line.hosts, 'no_response', dead, witness=[before],
                proof=[(is_sent(method, 0, before, dead), 11 if method == 'BYE' else 6)])


def _lost(world, method, status, allowed=()):
    """One or two copies of a message are lost between two hosts that are both watched."""
    line = Line(world, transport='UDP').answers()
    hop = world.random.choice(line.hops())
    forward = world.random.random() < .5
    hangs_up = line.caller if forward else line.callee
    if method == 'ACK' or (method, status) == ('INVITE', 200):
        forward = method == 'ACK'
    elif status:
        forward = not forward
    src, dst = hop if forward else hop[::-1]
    times = world.random.choice([1, 1, 2])

    def talk(event):
        if method == 'INFO':
            world.later(2, lambda: hangs_up.request('INFO', [event]))
        line.near.hang_up(hangs_up, [event], world.random.uniform(6, 30))
    if method == 'INFO' and line.switch:
        line.switch.side.on['INFO'] = relay_info(line.switch.side, line.far.caller)
        line.far.caller.on['INFO'] = relay_info(line.far.caller, line.switch.side)
    lost = is_sent(method, status, src, dst)
    world.forced_losses += [lost] * times
    line.begin(talk)
    return Case(line.hosts, 'lost_between', [src, dst], witnesses=[src, dst], exact=True,
                proof=[(lambda e: lost(e) and e.received is None, times), (lambda e: lost(e) and e.received, 1)],
                allowed=('no_ack', 'bye_unanswered', *allowed))


def relay_info(here, there):
    def act(transaction, message, event):
        here.respond(transaction, message.reply(200, here.tag), [event])
        there.request('INFO', [event])
    return act


@way('lost_between')
def lost_bye(world):
    return _lost(world, 'BYE', 0)


@way('lost_between')
def lost_ack(world):
    return _lost(world, 'ACK', 0)


@way('lost_between')
def lost_answer_to_bye(world):
    return _lost(world, 'BYE', 200)


@way('lost_between')
def lost_answer_to_invite(world):
    return _lost(world, 'INVITE', 200)


@way('lost_between')
def lost_info(world):
    return _lost(world, 'INFO', 0)


def _hangs_up_at_last(line, phone):
    def act(event):
        phone.request('BYE', [event])
        if line.switch:
            line.far.caller.request('BYE', [event])
    phone.on_no_ack = act


@way('no_ack')
def mute_caller(world):
    """The caller, or the back-to-back user agent on the callee's leg, never sends an ACK."""
    line = Line(world).answers()
    path = line.far if line.switch and world.random.random() < .5 else line.near
    silent, answerer = path.caller, path.callee
    told = []

    def acknowledge(client, message, event):
        silent.peer_tag = message.to_tag
        if told or path is line.near:
            return False
        told.append(1)
        silent.acks['never'] = None
        return True
    silent.acknowledge = acknowledge
    if path is line.near:
        _hangs_up_at_last(line, answerer)
    elif world.random.random() < .7:
        answerer.on_no_ack = lambda event: answerer.request('BYE', [event])
    line.begin()
    return Case(line.hosts, 'no_ack', witness=[answerer, line.before(answerer)],
                proof=[(is_sent('INVITE', 200, answerer), 4)])


@way('no_ack')
def proxy_drops_ack(world):
    line = Line(world).answers()
    dropping = world.random.choice(line.proxies)
    path = line.near if dropping in line.near.proxies else line.far
    answerer = path.callee
    dropping.on_ack = lambda message, event: None
    if path is line.near:
        _hangs_up_at_last(line, answerer)
    else:
        answerer.on_no_ack = lambda event: answerer.request('BYE', [event])
    line.begin()
    return Case(line.hosts, 'no_ack', witness=[answerer], proof=[(is_sent('INVITE', 200, answerer), 4)])


@way('no_ack')
def ack_goes_elsewhere(world):
    """To a contact, or a Record-Route, that leads to nobody."""
    line = Line(world, switch=False).answers()
    caller, callee = line.caller, line.callee
    nowhere = type(callee)(world, f'10.{world.random.randrange(1, 250)}.9.9:5060', 'nobody', False)
    deafen(nowhere)
    hop, acknowledge = caller.hop, caller.acknowledge

    def astray(*of):
        caller.hop = lambda: nowhere
        told = acknowledge(*of)
        caller.hop = hop
        return told
    caller.acknowledge = astray
    callee.on_no_ack = lambda event: callee.request('BYE', [event])
    line.begin()
    return Case(line.hosts, 'no_ack', witness=[callee, line.proxies[-1]], blind=[nowhere],
                allowed=['private_contact'], proof=[(is_sent('INVITE', 200, callee), 4)])


@way('no_ack')
def caller_is_gone(world):
    """It vanishes while it rings, and nobody ends the call."""
    line = Line(world).answers(ring=3)
    world.later(2, lambda: deafen(line.caller))
    line.begin()
    answerer = line.near.callee
    return Case(line.hosts, 'no_ack', witness=[answerer, line.before(answerer)],
                proof=[(is_sent('INVITE', 200, answerer), 4)])


def _bye_in_vain(world, by_caller, lost_answers=False):
    """Sent two to four times; then the sender gives up."""
    line = Line(world, transport='UDP').answers()
    asks, silent = (line.caller, line.callee) if by_caller else (line.callee, line.caller)
    before = line.before(silent) if by_caller else next(b for a, b in line.hops() if a is silent)
    patience = world.random.uniform(1, 6.5)

    def talk(event):
        def stop():
            for host in world.hosts:
                for (_, method), client in host.clients.items():
                    if method == 'BYE':
                        client.over = True

        def act():
            if lost_answers:
                world.forced_losses.extend([is_sent('BYE', 200, silent, before)] * 9)
            else:
                deafen(silent)
            asks.request('BYE', [event])
            world.later(patience, stop)
        world.later(world.random.uniform(4, 30), act)
    line.begin(talk)
    return Case(line.hosts, 'bye_unanswered', witness=[before], blind=[silent],
                proof=[(is_sent('BYE', 0, before, silent), 2)])


@way('bye_unanswered')
def callers_bye_in_vain(world):
    return _bye_in_vain(world, True)


@way('bye_unanswered')
def callees_bye_in_vain(world):
    return _bye_in_vain(world, False)


@way('bye_unanswered')
def answers_to_bye_lost(world):
    return _bye_in_vain(world, world.random.random() < .5, True)
