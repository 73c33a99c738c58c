"""Answers that come late, or only to the second or third try."""
from failure_case import Case, Line, is_sent, way


def _slowly(line, host, method, wait):
    def act(transaction, message, event):
        line.world.later(wait, lambda: host.respond(transaction, message.reply(200, host.tag), [event]))
    host.on[method] = act


@way('retransmissions')
def slow_answer(world):
    line = Line(world, switch=False, transport='UDP').answers()
    method = world.random.choice(['BYE', 'INFO', 'UPDATE'])
    asks, slow = world.random.sample([line.caller, line.callee], 2)
    _slowly(line, slow, method, world.random.uniform(.8, 5))

    def talk(event):
        world.later(4, lambda: asks.request(method, [event]))
        if method != 'BYE':
            line.near.hang_up(asks, [event], 15)
    line.begin(talk)
    return Case(line.hosts, 'retransmissions', proof=[(is_sent(method, 0), 2), (is_sent(method, 200), 1),
                                                      (lambda e: e.message.method == method and e.again, 1)])


@way('retransmissions')
def slow_to_ring(world):
    """No 100, and the 180 after seconds."""
    line = Line(world, switch=False, transport='UDP', proxies=1)
    line.proxies[0].says_trying = False

    def invited(transaction, message, event):
        wait = world.random.uniform(.8, 4)
        world.later(wait, lambda: line.callee.progress(transaction, 180, [event]))
        world.later(wait + 2, lambda: line.callee.accept(transaction, [event, transaction.last_event]))
    line.callee.on['INVITE'] = invited
    line.begin(lambda e: line.near.hang_up(line.caller, [e], world.random.uniform(4, 20)))
    return Case(line.hosts, 'retransmissions', proof=[(lambda e: e.message.method == 'INVITE' and e.again, 1),
                                                      (is_sent('INVITE', 180), 1)])


@way('retransmissions')
def slow_server(world):
    line = Line(world, switch=False, transport='UDP')
    method = world.random.choice(['OPTIONS', 'REGISTER', 'MESSAGE'])
    _slowly(line, line.callee, method, world.random.uniform(.8, 9))
    line.caller.request(method, [])
    return Case(line.hosts, 'retransmissions', proof=[(lambda e: e.message.method == method and e.again, 1),
                                                      (is_sent(method, 200), 1)])


@way('retransmissions')
def lost_where_nobody_looks(world):
    """One end alone is watched: it sends again, and is answered."""
    line = Line(world, transport='UDP').answers()
    hop = world.random.choice(line.hops())
    src, dst = hop if world.random.random() < .5 else hop[::-1]
    times = world.random.randrange(1, 4)
    asks = line.caller if src is hop[0] else line.callee
    world.forced_losses += [is_sent('BYE', 0, src, dst)] * times
    line.begin(lambda e: line.near.hang_up(asks, [e], world.random.uniform(4, 30)))
    return Case(line.hosts, 'retransmissions', witness=[src], blind=[dst],
                proof=[(is_sent('BYE', 0, src, dst), times + 1), (is_sent('BYE', 200, dst, src), 1)])


def _fat(line, phone):
    line.dress.of(phone).more += [f'a=candidate:{i} 1 UDP {2130706431 - i} 192.0.2.{i} {10000 + i} typ host'
                                  for i in range(1, 24)]


def _too_large(world, method, times):
    """Larger than a datagram that comes through in one piece: the first copies are lost, or all of them."""
    line = Line(world, transport='UDP').answers()
    path = world.random.choice([line.near, line.far])
    src, dst = world.random.choice(list(zip(path.hosts, path.hosts[1:])))
    _fat(line, path.caller)
    if times and method == 'INVITE':  # it stays lost where a proxy in front of it gave up
        src.patience = None
    world.forced_losses += [lambda e: is_sent('INVITE', 0, src, dst)(e) and
                            bool(e.message.to_tag) == (method == 're-INVITE')] * (times or 20)
    again = []

    def talk(event):
        if method == 're-INVITE':
            again.append(path.caller.request('INVITE', [event], lambda c, m, e: m.status == 200 and
                                             path.caller.acknowledge(c, m, e)))
        line.near.hang_up(line.caller, [event], 20 if times else 50)
    if times == 0 and src is not line.caller:
        src.patience = 32
    line.begin(talk)
    return Case(line.hosts, {'large_udp_request'} if times else {'large_udp_request', 'no_response'},
                witness=[src], blind=[dst], allowed=['no_response', 'slow_setup'],
                proof=[(is_sent('INVITE', 0, src, dst), times + 1 if times else 5)])


@way('large_udp_request')
def large_invite_comes_late(world):
    return _too_large(world, 'INVITE', world.random.randrange(1, 4))


@way('large_udp_request')
def large_invite_never_comes(world):
    return _too_large(world, 'INVITE', 0)


@way('large_udp_request')
def large_reinvite_comes_late(world):
    return _too_large(world, 're-INVITE', world.random.randrange(1, 3))


@way('slow_setup')
def callee_rings_late(world):
    line = Line(world)
    wait = world.random.uniform(7, 20)

    def invited(transaction, message, event):
        line.callee.progress(transaction, 100, [event])
        world.later(wait, lambda: line.callee.progress(transaction, 180, [event]))
        world.later(wait + 2, lambda: line.callee.accept(transaction, [event, transaction.last_event]))
    line.callee.on['INVITE'] = invited
    line.begin(lambda e: line.near.hang_up(line.caller, [e], 9))
    return Case(line.hosts, 'slow_setup', proof=[(is_sent('INVITE', 0), 1), (is_sent('INVITE', 180), 1)],
                exact=True)


@way('slow_setup')
def proxy_thinks(world):
    """It asks something slow: a database, DNS."""
    line = Line(world).answers()
    slow = world.random.choice(line.proxies)
    on_request, wait = slow.on_request, world.random.uniform(7, 14)

    def act(transaction, message, event):
        if message.method != 'INVITE' or message.to_tag:
            on_request(transaction, message, event)
            return
        slow.respond(transaction, message.reply(100), [event])
        slow.says_trying = False
        world.later(wait, lambda: on_request(transaction, message, event))
    slow.on_request = act
    line.begin(lambda e: line.near.hang_up(line.callee, [e], 9))
    return Case(line.hosts, 'slow_setup', witness=[slow, line.before(slow)], exact=True,
                proof=[(is_sent('INVITE', 0, None, slow), 1), (is_sent('INVITE', 180, slow), 1)])


@way('slow_setup')
def switch_thinks(world):
    line = Line(world, switch=True).answers()
    call, wait = line.switch.call, world.random.uniform(7, 14)
    line.switch.call = lambda leg, event: world.later(wait, lambda: call(leg, event))
    line.begin(lambda e: line.near.hang_up(line.callee, [e], 9))
    side = line.switch.side
    return Case(line.hosts, 'slow_setup', witness=[side, line.before(side)], exact=True,
                proof=[(is_sent('INVITE', 0, None, side), 1), (is_sent('INVITE', 180, side), 1)])
