"""Somebody refuses: with a status of his own, or for want of credentials."""
from failure_case import Case, Line, is_sent, rings_then, way
from failure_dress import REALM

REFUSALS = {
    'refused': (400, 402, 403, 406, 413, 416, 420, 433, 480, 501, 505, 513),
    'unknown_number': (404, 410, 484, 485, 604),
    'overloaded': (500, 502, 503, 504, 580),
}
DISHES_UP = {503: ('Retry-After: 120',), 500: ('Reason: Q.850;cause=41;text="Temporary failure"',),
             404: ('Reason: Q.850;cause=1;text="Unallocated number"',), 480: ('Reason: Q.850;cause=20',)}


def _extra(world, status):
    return DISHES_UP.get(status, ()) if world.random.random() < .6 else ()


def _case(line, code, maker, status, method='INVITE', **more):
    before = line.before(maker)
    return Case(line.hosts, code, maker, witness=[maker, before],
                proof=[(is_sent(method, status, maker, before), 1)], **more)


def _by_callee(world, code, **more):
    line, status = Line(world, **more), world.random.choice(REFUSALS[code])
    callee = line.callee

    def invited(transaction, message, event):
        if world.random.random() < .6:
            callee.progress(transaction, 100, [event])
        world.later(world.random.uniform(.01, 3), lambda: callee.respond(
            transaction, message.reply(status, callee.tag, extra=_extra(world, status)), [event]))
    callee.on['INVITE'] = invited
    line.begin()
    return _case(line, code, callee, status)


def _by_proxy(world, code):
    line, status = Line(world), world.random.choice(REFUSALS[code])
    maker = world.random.choice(line.proxies)
    maker.refuses = lambda message: status if message.method == 'INVITE' and not message.to_tag else 0
    line.begin()
    return _case(line, code, maker, status)


def _by_switch(world, code):
    """The back-to-back user agent calls nobody at all."""
    line, status = Line(world, switch=True), world.random.choice(REFUSALS[code])
    side = line.switch.side

    def called(transaction, message, event):
        side.progress(transaction, 100, [event])
        world.later(world.random.uniform(.005, 1), lambda: side.respond(
            transaction, message.reply(status, side.tag, extra=_extra(world, status)), [event]))
    side.on['INVITE'] = called
    line.begin()
    return _case(line, code, side, status)


def _outside_calls(world, code):
    line = Line(world, switch=False)
    method, status = world.random.choice(['REGISTER', 'MESSAGE', 'SUBSCRIBE']), world.random.choice(REFUSALS[code])
    callee = line.callee
    callee.on[method] = lambda transaction, message, event: callee.respond(
        transaction, message.reply(status, callee.tag, extra=_extra(world, status)), [event])
    line.caller.request(method, [])
    return _case(line, code, callee, status, method)


def _translated(world, code):
    """The back-to-back user agent makes another status of what it got. Who sees only what is around it cannot know."""
    line, status = Line(world, switch=True), world.random.choice(REFUSALS[code])
    callee, side = line.callee, line.switch.side
    callee.on['INVITE'] = lambda transaction, message, event: callee.respond(
        transaction, message.reply(status, callee.tag), [event])
    line.switch.was_refused = lambda client, message, event: side.respond(
        line.switch.invite, line.switch.invite.request.reply(other, side.tag), [event])
    other = world.random.choice([s for s in (403, 480, 500, 503) if s != status])
    line.begin()
    return _case(line, code, callee, status, witnesses=[side])


for _code in REFUSALS:
    for _make in (_by_callee, _by_proxy, _by_switch, _outside_calls, _translated):
        def _one(world, make=_make, code=_code):
            return make(world, code)
        _one.__name__ = f'{_code}{_make.__name__}'
        way(_code)(_one)


@way('refused')
def busy_or_declined(world):
    """Not a fault of the network: for information."""
    line, status = Line(world), world.random.choice([486, 600, 603])
    rings_then(line, lambda transaction, causes: line.callee.respond(
        transaction, transaction.request.reply(status, line.callee.tag), causes))
    line.begin()
    return _case(line, 'refused', line.callee, status, severity='info')


@way('refused')
def rang_in_vain(world):
    """480 after the phone had rung."""
    line = Line(world)
    rings_then(line, lambda transaction, causes: line.callee.respond(
        transaction, transaction.request.reply(480, line.callee.tag), causes), world.random.uniform(11, 40))
    line.begin()
    before = line.before(line.callee)
    return Case(line.hosts, 'refused', line.callee, witness=[line.callee, before], severity='info', exact=True,
                proof=[(is_sent('INVITE', 480, line.callee), 1), (is_sent('INVITE', 180, line.callee), 1)])


class Challenged:
    """Somebody asks for credentials, and is not content with what comes."""

    def __init__(self, world, method, tries, last=None, realm=REALM, switch=False):
        self.world, self.line = world, Line(world, switch=switch)
        line, self.method, self.tries, self.last, self.realm = self.line, method, tries, last, realm
        self.challenger = world.random.choice([line.proxies[0], line.near.callee])
        self.status = 407 if self.challenger is line.proxies[0] and method != 'REGISTER' else 401
        if self.challenger is line.proxies[0]:
            self.challenger.refuses = lambda m: self.judge(m) if m.method == method else 0
        else:
            self.challenger.on[method] = lambda transaction, message, event: self.challenger.respond(
                transaction, message.reply(self.judge(message), self.challenger.tag), [event])
        self.ask([], ())

    def judge(self, message):
        return self.last if self.last and message.extra else self.status

    def ask(self, causes, extra):
        self.line.caller.request(self.method, causes, self.answered, extra=extra)

    def answered(self, client, message, event):
        if message.status not in (401, 407) or self.tries <= 0:
            return
        self.tries -= 1
        name = 'Authorization' if message.status == 401 else 'Proxy-Authorization'
        line = self.line.dress.credentials(client.request, self.realm)
        self.world.later(self.world.random.uniform(.002, .3), lambda: self.ask(
            [event], (f'{name}{line[line.index(":"):]}',)))

    def case(self, code, times, allowed=()):
        line, maker = self.line, self.challenger
        line.hosts = [h for h in line.hosts if h is not line.switch]
        return Case(line.hosts, code, witness=[line.caller, line.proxies[0]], allowed=allowed,
                    proof=[(is_sent(self.method, self.status, maker), times),
                           (lambda e: is_sent(self.method)(e) and bool(e.message.extra), 1 if times > 1 else 0)] +
                    ([(is_sent(self.method, self.last), 1)] if self.last else []))


@way('wrong_credentials')
def password_wrong(world):
    """Challenged again and again."""
    return Challenged(world, world.random.choice(['INVITE', 'REGISTER', 'REGISTER', 'SUBSCRIBE', 'MESSAGE']),
                      world.random.choice([1, 1, 2, 3])).case('wrong_credentials', 2)


@way('wrong_credentials')
def password_forbidden(world):
    return Challenged(world, world.random.choice(['INVITE', 'REGISTER', 'MESSAGE']), 1, 403).case(
        'wrong_credentials', 1)


@way('wrong_credentials')
def realm_differs(world):
    return Challenged(world, world.random.choice(['INVITE', 'REGISTER']), 1, world.random.choice([None, 403]),
                      realm='other.example.net').case('wrong_credentials', 1)


@way('wrong_credentials')
def switch_is_not_believed(world):
    """The callee's side, a carrier, wants credentials of the back-to-back user agent."""
    line = Line(world, switch=True)
    callee, asks, tries = line.callee, line.far.caller, [world.random.choice([1, 2])]
    callee.on['INVITE'] = lambda transaction, message, event: callee.respond(
        transaction, message.reply(407, callee.tag), [event])
    legs_call = line.far.caller.request

    def request(method, causes, on_response=lambda *_: None, **more):
        def answered(client, message, event):
            if message.status == 407 and tries[0] <= 0:
                line.switch.was_refused(client, message.copy(status=world.random.choice([403, 503])), event)
                return
            tries[0] -= message.status == 407
            on_response(client, message, event)
        return legs_call(method, causes, answered, **more)
    asks.request = request
    line.begin()
    return Case(line.hosts, 'wrong_credentials', witnesses=[line.switch.side],
                proof=[(is_sent('INVITE', 407, callee), 2)])


@way('challenge_unanswered')
def no_second_try(world):
    return Challenged(world, world.random.choice(['INVITE', 'REGISTER', 'SUBSCRIBE', 'MESSAGE']), 0).case(
        'challenge_unanswered', 1)


@way('challenge_unanswered')
def asks_again_without(world):
    """It asks again after a while, as if nothing had been said."""
    challenged = Challenged(world, world.random.choice(['REGISTER', 'SUBSCRIBE']), 0)
    every = world.random.uniform(20, 70)
    for i in range(1, world.random.randrange(2, 5)):
        world.later(i * every, lambda: challenged.ask([], ()))
    return challenged.case('challenge_unanswered', 1)


@way('challenge_unanswered')
def switch_has_no_password(world):
    line = Line(world, switch=True)
    callee, side = line.callee, line.switch.side
    callee.on['INVITE'] = lambda transaction, message, event: callee.respond(
        transaction, message.reply(world.random.choice([401, 407]), callee.tag), [event])
    call = line.far.caller.request

    def request(method, causes, on_response=lambda *_: None, **more):
        return call(method, causes, lambda client, message, event: line.switch.was_refused(
            client, message.copy(status=503), event) if message.status >= 300 else None, **more)
    line.far.caller.request = request
    line.begin()
    return Case(line.hosts, 'challenge_unanswered', witness=[side, callee],
                allowed=['overloaded', 'refused'],
                proof=[(lambda e: e.message.status in (401, 407) and e.src.of is callee, 1)])
