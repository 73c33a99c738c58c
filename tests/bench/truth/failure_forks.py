"""Calls for which a proxy tries several phones or gateways, at once or one after the other: nothing bad may be told."""
import plays
from failure_case import Case, Line
from failure_good import good


def _phone(world, line, last, tag):
    """One more phone behind the last proxy."""
    network, own = line.callee.endpoint.split(':')[0].rsplit('.', 1)
    phone = plays.Phone(world, f'{network}.{last + 10 if int(own) == last else last}:5060',
                        f'{tag}{world.random.getrandbits(24):x}', False)
    phone.door = line.proxies[-1]
    return phone


def _fork(world, proxies=None, n=None):
    """Several phones ring at the last proxy."""
    line = Line(world, switch=False, proxies=proxies)
    phones = [line.callee] + [_phone(world, line, 100 + i, 'fork') for i in range(n or world.random.choice([1, 2, 3]))]
    line.proxies[-1].ahead = list(phones)
    return line, phones


@good
def fork_rings_late(world):
    """Each phone rings in its own time, with 180 or 183, three proxies deep; one is answered."""
    line, phones = _fork(world, proxies=world.random.choice([1, 3]))
    winner = world.random.choice(phones)
    for phone in phones:
        line.near.answers(phone, world.random.uniform(2, 5) if phone is winner else 60,
                          status=world.random.choice([180, 183]))
    line.near.callee = line.callee = winner
    line.near.call(lambda e: line.near.hang_up(world.random.choice([line.caller, winner]), [e]))
    return Case([*line.hosts, *phones], (), witness=[line.proxies[-1]], allowed=['two_answers',
        'answer_crossed_cancel'])


@good
def fork_with_a_dead_phone(world):
    """One phone of several is switched off, or refuses; another one is answered."""
    line, phones = _fork(world)
    winner, other = world.random.sample(phones, 2)
    status = world.random.choice([0, 404, 480, 486, 503, 603])
    for phone in phones:
        line.near.answers(phone, world.random.uniform(2, 8) if phone is winner else 60)
    if status:
        other.on['INVITE'] = lambda transaction, message, event: world.later(world.random.uniform(.01, 1), lambda: (
            other.respond(transaction, message.reply(status, other.tag), [event])))
    else:
        other.receive = lambda message, event: None
    line.near.callee = line.callee = winner
    line.near.call(lambda e: line.near.hang_up(line.caller, [e], world.random.uniform(4, 60)))
    return Case([*line.hosts, *phones], (), witness=[line.proxies[-1]], allowed=['two_answers',
        'answer_crossed_cancel'])


@good
def no_answer_then_voice_mail(world):
    """The proxy cancels the phone after a while and sends the call to a mailbox."""
    line = Line(world, switch=False)
    proxy, first, box = line.proxies[-1], line.callee, _phone(world, line, 98, 'box')
    line.near.answers(first, 200)
    line.near.answers(box, world.random.uniform(.01, 1))

    def gives_up(context):
        if not context.get('timer'):
            context['timer'] = True
            world.later(world.random.uniform(8, 30), lambda: [
                proxy.cancel(c, c.last_event) for c in context['clients'][:1]])
    proxy.tries_next(box, lambda status: status >= 300, gives_up)
    line.near.callee = box
    line.near.call(lambda e: line.near.hang_up(world.random.choice([line.caller, box]), [e], world.random.uniform(4,
        40)))
    return Case([*line.hosts, box], (), witness=[proxy])


@good
def next_gateway_after_silence(world):
    """The first gateway is down: after some seconds the proxy takes the second."""
    line = Line(world, switch=False, transport='UDP')
    proxy, first, second = line.proxies[-1], line.callee, _phone(world, line, 98, 'second')
    first.receive = lambda message, event: None
    line.near.answers(second, world.random.uniform(.5, 4))
    proxy.patience = world.random.uniform(1, 6)
    proxy.tries_next(second, lambda status: status == 408)
    line.near.callee = line.callee = second
    line.near.call(lambda e: line.near.hang_up(line.caller, [e], world.random.uniform(4, 40)))
    return Case([*line.hosts, second], (), witness=[proxy], allowed=['slow_setup', 'large_udp_request', 'lost_between'])
