"""Dialogues: each play takes a world and puts hosts into it that talk to each other.

A play returns the hosts of the path, caller first; watchers are put beside some of them (watch.py).
"""
from world import Phone, Proxy, Spiral


def _address(world, n, port=5060):
    """One that no other host of this world has."""
    while True:
        address = f'10.{world.random.randrange(1, 250)}.0.{n}:{port}'
        if all(host.endpoint != address for host in world.hosts):
            return address


class Path:
    """Caller, proxies, callee. `direct`: the proxies do not stay in the path (no Record-Route)."""

    def __init__(self, world, proxies=1, direct=False, proxy=Proxy):
        self.world = world
        self.caller = Phone(world, _address(world, 1), 'caller%x' % world.random.getrandbits(24), True)
        self.proxies = [proxy(world, _address(world, 10 + i)) for i in range(proxies)]
        self.callee = Phone(world, _address(world, 99), 'callee%x' % world.random.getrandbits(24), False)
        hosts = [self.caller, *self.proxies, self.callee]
        for before, one, after in zip(hosts, hosts[1:], hosts[2:]):
            one.back, one.ahead = [before], [after]
            one.says_trying = world.random.random() < .85
        self.caller.door, self.callee.door = hosts[1], hosts[-2]
        if direct:
            self.caller.direct, self.callee.direct = self.callee, self.caller
        self.hosts = hosts

    def answers(self, callee=None, ring=None, status=180, talk=None, **more):
        """The callee rings, and accepts after `ring` seconds."""
        callee, random = callee or self.callee, self.world.random
        ring = random.uniform(.5, 9) if ring is None else ring

        def invited(transaction, message, event):
            if message.to_tag:  # a re-INVITE is accepted at once
                callee.progress(transaction, 100, [event])
                self.world.later(random.uniform(.002, .05), lambda: callee.accept(transaction, [event]))
                return
            if random.random() < .7:
                callee.progress(transaction, 100, [event])
            rang = []
            self.world.later(random.uniform(.005, .2),
                             lambda: rang.append(callee.progress(transaction, status, [event])))
            self.world.later(ring + .2, lambda: callee.accept(transaction, [event] + rang, **more))
        callee.on['INVITE'] = invited

    def call(self, then=lambda event: None, causes=(), on_early=None, on_other=None):
        """The caller invites; `then` once it has acknowledged. A caller that is challenged tries again."""
        caller = self.caller
        early = set()

        def answered(client, message, event):
            if message.status < 200:
                if message.status > 100 and on_early and message.to_tag + str(message.status) not in early:
                    early.add(message.to_tag + str(message.status))
                    on_early(client, message, event)
                return
            if message.status < 300:
                if caller.acknowledge(client, message, event) and len(caller.acks) == 1:
                    then(event)
            elif message.status in (401, 407):
                self.world.later(self.world.random.uniform(.001, .02), lambda: caller.request(
                    'INVITE', [event], answered, extra=('Proxy-Authorization: Digest x',)))
            elif on_other:
                on_other(client, message, event)
        caller.invite = caller.request('INVITE', list(causes), answered)

    def hang_up(self, phone, causes, after=None):
        after = self.world.random.uniform(.5, 30) if after is None else after
        self.world.later(after, lambda: phone.request('BYE', causes))


def basic(world, proxies=1, **more):
    path = Path(world, proxies, **more)
    path.answers()
    path.call(lambda e: path.hang_up(world.random.choice([path.caller, path.callee]), [e]))
    return path


def instant(world):
    """Everything happens as fast as machines can: answered and hung up within milliseconds."""
    path = Path(world, world.random.choice([1, 2]))
    path.answers(ring=-.19)
    path.call(lambda e: path.hang_up(world.random.choice([path.caller, path.callee]), [e],
                                     world.random.uniform(.02, .2)))
    return path


def long_call(world):
    path = Path(world, 1)
    path.answers()

    def talk(event):
        at = 0
        for _ in range(world.random.randrange(2, 5)):
            at += world.random.uniform(60, 400)
            phone = world.random.choice([path.caller, path.callee])
            world.later(at, lambda phone=phone: reinvite(path, phone, [event]))
        path.hang_up(world.random.choice([path.caller, path.callee]), [event], at + world.random.uniform(5, 90))
    path.call(talk)
    path.caller.on['INVITE'] = path.callee.on['INVITE']
    accept_reinvites(path)
    return path


def direct(world):
    path = Path(world, world.random.choice([1, 2]), direct=True)
    path.answers()
    path.call(lambda e: path.hang_up(world.random.choice([path.caller, path.callee]), [e]))
    return path


def busy(world):
    path = Path(world, world.random.choice([1, 2]))

    def invited(transaction, message, event):
        path.callee.progress(transaction, 180, [event])
        world.later(world.random.uniform(.01, 3), lambda: path.callee.respond(
            transaction, message.reply(486, path.callee.tag), [event, transaction.last_event]))
    path.callee.on['INVITE'] = invited
    path.call()
    return path


def cancelled(world):
    path = Path(world, world.random.choice([1, 2]))
    path.answers(ring=60)
    path.call()
    invite = path.caller.invite

    def give_up():
        path.caller.ask(invite.peer, invite.request.at_its_hop('CANCEL'), [invite.event, invite.last_event],
                        lambda *_: None)
    world.later(world.random.uniform(1, 8), give_up)
    return path


def cancel_race(world):
    """The CANCEL crosses the 200."""
    path = Path(world, world.random.choice([1, 2]))
    ring = world.random.uniform(1, 3)
    path.answers(ring=ring)
    path.call(lambda e: path.hang_up(path.caller, [e], world.random.uniform(.001, .02)))
    invite = path.caller.invite

    def give_up():
        if not invite.over:
            path.caller.ask(invite.peer, invite.request.at_its_hop('CANCEL'), [invite.event, invite.last_event],
                            lambda *_: None)
    world.later(ring + .2 + world.random.uniform(-.004, .010), give_up)
    return path


def prack(world, then_update=False):
    """Reliable provisional responses (RFC 3262), and perhaps an UPDATE before the answer."""
    path = Path(world, world.random.choice([1, 2]))
    callee, caller = path.callee, path.caller
    state = {}

    def invited(transaction, message, event):
        state['transaction'] = transaction
        callee.progress(transaction, 100, [event])
        world.later(world.random.uniform(.01, .3), lambda: reliable(1, 183, [event]))

    def reliable(n, status, causes):
        callee.progress(state['transaction'], status, causes, extra=('Require: 100rel', f'RSeq: {n}'))
        state['rang'] = n

    def pracked(transaction, message, event):
        done = callee.respond(transaction, message.reply(200, callee.tag), [event])
        if then_update:
            return
        if state['rang'] == 1:
            world.later(world.random.uniform(.02, 1), lambda: reliable(2, 180, [event, done]))
        else:
            world.later(world.random.uniform(.5, 5), lambda: callee.accept(state['transaction'], [event, done]))

    def updated(transaction, message, event):
        done = callee.respond(transaction, message.reply(200, callee.tag), [event])
        world.later(world.random.uniform(.5, 5), lambda: callee.accept(state['transaction'], [event, done]))
    callee.on.update(INVITE=invited, PRACK=pracked, UPDATE=updated)

    def early(client, message, event):
        caller.peer_tag = message.to_tag
        n = [x.split(':')[1].strip() for x in message.extra if x.startswith('RSeq')][0]

        def done(_, answer, answered):
            if then_update and answer.status == 200:
                world.later(world.random.uniform(.005, .4), lambda: caller.request('UPDATE', [answered, event]))
        caller.request('PRACK', [event], done, extra=(f'RAck: {n} {message.number} INVITE',))
    path.call(lambda e: path.hang_up(world.random.choice([caller, callee]), [e]), on_early=early)
    return path


def update(world):
    return prack(world, True)


def reinvite(path, phone, causes, then=lambda e: None):
    def answered(client, message, event):
        if message.status == 200 and phone.acknowledge(client, message, event):
            then(event)
        if message.status == 491:
            path.world.later(path.world.random.uniform(.3, 2), lambda: reinvite(path, phone, [event], then))
    phone.request('INVITE', causes, answered)


def accept_reinvites(path, delay=(.002, .05)):
    world = path.world

    def act(phone, before):
        def invited(transaction, message, event):
            if not message.to_tag:
                before(transaction, message, event)
                return
            phone.progress(transaction, 100, [event])
            world.later(world.random.uniform(*delay), lambda: phone.accept(transaction, [event]))
        return invited
    path.caller.on['INVITE'] = act(path.caller, None)
    path.callee.on['INVITE'] = act(path.callee, path.callee.on['INVITE'])


def reinvites(world, number=None):
    """Held and taken up again, from either side."""
    path = Path(world, world.random.choice([1, 2]))
    path.answers()

    def talk(event):
        first, second = world.random.sample([path.caller, path.callee], 2)
        world.later(world.random.uniform(.5, 5), lambda: reinvite(path, first, [event], lambda e: world.later(
            world.random.uniform(.1, 5), lambda: reinvite(path, second, [e], lambda e2: path.hang_up(
                world.random.choice([first, second]), [e2])))))
    path.call(talk)
    accept_reinvites(path)
    return path


def glare(world):
    """Both re-INVITE at once and are refused with 491 (RFC 3261 14.1)."""
    path = Path(world, 1)
    path.answers()
    waiting = set()

    def talk(event):
        def begin(phone):
            waiting.add(phone)
            reinvite(path, phone, [event], lambda e: waiting.discard(phone))
        world.later(1.0, lambda: begin(path.caller))
        world.later(1.0 + world.random.uniform(0, .004), lambda: begin(path.callee))
        path.hang_up(world.random.choice([path.caller, path.callee]), [event], world.random.uniform(8, 20))
    path.call(talk)
    accept_reinvites(path)
    for phone in (path.caller, path.callee):
        def invited(transaction, message, event, phone=phone, before=phone.on['INVITE']):
            if message.to_tag and phone in waiting:
                waiting.discard(phone)
                phone.respond(transaction, message.reply(491, phone.tag), [event])
            else:
                before(transaction, message, event)
        phone.on['INVITE'] = invited
    return path


def infos(world):
    """DTMF in INFO from both sides at once."""
    path = Path(world, world.random.choice([1, 2]))
    path.answers()

    def talk(event):
        for phone in (path.caller, path.callee):
            at = 0
            for _ in range(world.random.randrange(2, 6)):
                at += world.random.uniform(.08, 1.5)
                world.later(at, lambda phone=phone: phone.request('INFO', [event]))
        path.hang_up(world.random.choice([path.caller, path.callee]), [event], 9)
    path.call(talk)
    return path


def fork(world, with_prack=False):
    """To two or three phones; one answers, the others are cancelled."""
    path = Path(world, world.random.choice([1, 2]))
    proxy = path.proxies[-1]
    phones = [path.callee]
    for i in range(world.random.randrange(1, 3)):
        phones.append(Phone(world, _address(world, 100 + i), 'fork%x' % world.random.getrandbits(24), False))
        phones[-1].door = proxy
    proxy.ahead = list(phones)
    winner = world.random.choice(phones)
    for phone in phones:
        path.answers(phone, world.random.uniform(1, 3) if phone is winner else 60)
    path.callee = winner
    path.call(lambda e: path.hang_up(world.random.choice([path.caller, winner]), [e]))
    path.hosts += [p for p in phones if p not in path.hosts]
    return path


def sequential(world):
    """The first phone is busy: the proxy tries the next."""
    path = Path(world, 1)
    proxy = path.proxies[0]
    second = Phone(world, _address(world, 100), 'second%x' % world.random.getrandbits(24), False)
    second.door = proxy
    first = path.callee

    def invited(transaction, message, event):
        world.later(world.random.uniform(.01, 3), lambda: first.respond(
            transaction, message.reply(486, first.tag), [event]))
    first.on['INVITE'] = invited
    path.answers(second)
    proxy.tries_next(second, lambda status: status == 486)
    path.callee = second
    path.call(lambda e: path.hang_up(world.random.choice([path.caller, second]), [e]))
    path.hosts.append(second)
    return path


def challenged(world):
    path = Path(world, world.random.choice([1, 2]))
    path.answers()
    path.proxies[0].refuses = lambda m: 407 if m.method == 'INVITE' and not m.extra and not m.to_tag else 0
    path.call(lambda e: path.hang_up(world.random.choice([path.caller, path.callee]), [e]))
    return path


def register(world):
    """REGISTER, challenged, again and again every minute or so."""
    path = Path(world, world.random.choice([1, 2]))
    registrar, caller = path.callee, path.caller
    caller.uri = 'sip:example.com'

    def registered(transaction, message, event):
        registrar.respond(transaction, message.reply(200 if message.extra else 401,
                                                     'r%x' % world.random.getrandbits(20)), [event])
    registrar.on['REGISTER'] = registered

    def again(times):
        def answered(client, message, event):
            if message.status == 401:
                world.later(world.random.uniform(.001, .05), lambda: caller.request(
                    'REGISTER', [event], answered, extra=('Authorization: Digest x',)))
            elif times > 1:
                world.later(world.random.uniform(20, 90), lambda: again(times - 1))
        caller.peer_tag = ''
        caller.request('REGISTER', [], answered)
    again(world.random.randrange(1, 5))
    return path


def keepalives(world):
    """OPTIONS under one Call-ID, every few seconds."""
    path = Path(world, 1)
    caller = path.caller
    interval = world.random.uniform(2, 30)

    def again(times):
        caller.peer_tag = ''
        caller.request('OPTIONS', [])
        if times > 1:
            world.later(interval * world.random.uniform(.98, 1.02), lambda: again(times - 1))
    again(world.random.randrange(5, 20))
    return path


def text_message(world):
    path = Path(world, world.random.choice([1, 2, 3]))
    path.caller.request('MESSAGE', [])
    return path


def subscribe(world):
    """The first NOTIFY races the 200 of its SUBSCRIBE (RFC 6665)."""
    path = Path(world, world.random.choice([1, 2]))
    server, caller = path.callee, path.caller

    def subscribed(transaction, message, event):
        def notify(after, causes):
            world.later(after, lambda: server.request('NOTIFY', causes, extra=('Event: presence',)))
        def accept(causes):
            server.respond(transaction, message.reply(200, server.tag), causes)
        if world.random.random() < .5:
            done = accept([event])
            notify(world.random.uniform(0, .003), [event, done])
        else:
            notify(0, [event])
            world.later(world.random.uniform(.0005, .003), lambda: accept([event]))
        if message.extra and '0' not in message.extra[0]:
            for _ in range(world.random.randrange(1, 4)):
                notify(world.random.uniform(.5, 8), [event])
    server.on['SUBSCRIBE'] = subscribed

    def answered(client, message, event):
        if message.status >= 200 and not caller.peer_tag:
            caller.peer_tag = message.to_tag
    caller.on['NOTIFY'] = lambda t, m, e: caller.respond(t, m.reply(200, caller.tag), [e])
    first = caller.request('SUBSCRIBE', [], answered, extra=('Expires: 600',))
    world.later(world.random.uniform(9, 12), lambda: caller.request('SUBSCRIBE', [first.last_event], answered,
                                                                    extra=('Expires: 0',)))
    return path


def refer(world):
    """Blind transfer: REFER, NOTIFYs of how it goes, BYE."""
    path = Path(world, world.random.choice([1, 2]))
    path.answers()

    def talk(event):
        first, second = world.random.sample([path.caller, path.callee], 2)

        def referred(transaction, message, asked):
            second.respond(transaction, message.reply(202, second.tag), [asked])
            world.later(world.random.uniform(0, .004), lambda: second.request('NOTIFY', [asked]))
            world.later(world.random.uniform(.5, 3), lambda: second.request('NOTIFY', [asked]))
            world.later(world.random.uniform(4, 5), lambda: second.request('BYE', [asked]))
        second.on['REFER'] = referred
        world.later(world.random.uniform(.5, 5), lambda: first.request('REFER', [event]))
    path.call(talk)
    return path


def early_media(world):
    path = Path(world, world.random.choice([1, 2]))
    path.answers(status=183)
    path.call(lambda e: path.hang_up(world.random.choice([path.caller, path.callee]), [e]))
    return path


def lossy(world):
    """SIP itself is lost here and there: everything is sent again."""
    world.loss = world.random.uniform(.05, .2)
    return world.random.choice([basic, reinvites, busy, text_message, infos])(world)


def late_answer(world):
    """The callee is slow: no 100, so the proxy sends the INVITE again and again."""
    path = Path(world, world.random.choice([1, 2]))
    path.proxies[-1].says_trying = True
    callee = path.callee

    def invited(transaction, message, event):
        wait = world.random.uniform(.6, 4)
        world.later(wait, lambda: callee.progress(transaction, 180, [event]))
        world.later(wait + 1, lambda: callee.accept(transaction, [event, transaction.last_event]))
    callee.on['INVITE'] = invited
    path.call(lambda e: path.hang_up(path.caller, [e]))
    return path


def lost_acks(world):
    """The ACK gets lost: the 200 comes again, and so does the ACK."""
    path = Path(world, world.random.choice([1, 2]))
    path.answers()
    lose = world.random.randrange(1, 4)
    world.forced_losses += [lambda e: e.message.method == 'ACK'] * lose
    path.call(lambda e: path.hang_up(path.caller, [e], world.random.uniform(8, 30)))
    return path


def crossing_byes(world):
    path = Path(world, world.random.choice([1, 2]))
    path.answers()

    def talk(event):
        at = world.random.uniform(1, 10)
        path.hang_up(path.caller, [event], at)
        path.hang_up(path.callee, [event], at + world.random.uniform(0, .004))
    path.call(talk)
    return path


def spiral(world, through_itself=False):
    """The same Call-ID through one proxy twice: by way of an application server, or of itself."""
    path = Path(world, 1, proxy=Spiral)
    proxy = path.proxies[0]
    if through_itself:
        proxy.through = proxy
    else:
        server = Proxy(world, _address(world, 50))
        proxy.through = server
        server.back = server.ahead = [proxy]
        server.targets = lambda message, came_from: [proxy]
        path.hosts.insert(2, server)
    path.answers()
    path.call(lambda e: path.hang_up(world.random.choice([path.caller, path.callee]), [e]))
    return path


def loop(world):
    return spiral(world, True)


def slow_links(world):
    """Phones far away: 10 to 120 ms to the proxy."""
    world.latency = (.01, .12)
    return basic(world, world.random.choice([1, 2]))


def three_proxies(world):
    return basic(world, 3)


def dead_end(world):
    """Nobody answers: the INVITE is sent again until the caller gives up."""
    path = Path(world, 1)
    path.callee.receive = lambda message, event: None
    path.call()
    return path


def several_calls(world):
    """A client that uses one Call-ID for one call after the other."""
    path = Path(world, 1)
    path.answers()
    left = [world.random.randrange(2, 4)]

    def again(event):
        path.hang_up(path.caller, [event], world.random.uniform(1, 5))
        left[0] -= 1
        if left[0] > 0:
            world.later(world.random.uniform(6, 9), begin)

    def begin():
        for phone in (path.caller, path.callee):
            phone.peer_tag, phone.tag = '', '%s%x' % (phone.tag[:6], world.random.getrandbits(24))
        path.caller.acks.clear()
        path.call(again)
    path.call(again)
    return path


class Switch:
    """A back-to-back user agent between the path of the caller and those of one or several callees. Each of its legs
    has a Call-ID of its own."""

    def __init__(self, world, legs=1):
        self.world = world
        self.first = Path(world, 1)
        self.side = self.first.callee
        self.legs = [Path(world, world.random.choice([0, 1])) for _ in range(legs)]
        for i, leg in enumerate(self.legs):
            leg.caller.of, leg.caller.endpoint = self.side, self.side.endpoint
            leg.caller.leg = leg.callee.leg = f'/{i}'
        self.answered, self.refused = None, []
        self.side.on['INVITE'] = self.called
        self.side.on['BYE'] = self.ended_by_caller

    def path(self):
        """As one path, on which watchers are put."""
        last = self.legs[-1]
        self.first.callee = last.callee
        self.first.hosts = [*self.first.hosts[:-1], self.side]
        for leg in self.legs:
            self.first.hosts += leg.hosts[1:]
        return self.first

    def called(self, transaction, message, event):
        self.invite = transaction
        self.side.progress(transaction, 100, [event])
        for leg in self.legs:
            self.world.later(self.world.random.uniform(.002, .02), lambda leg=leg: self.call(leg, event))

    def call(self, leg, event):
        leg.caller.on['BYE'] = self.ended_by_callee
        leg.call(lambda answer: self.accepted(leg, answer), [event], self.rings, self.was_refused)

    def rings(self, client, message, event):
        if len(self.legs) == 1 or not self.invite.provisional:
            self.invite.provisional = True
            self.side.progress(self.invite, 180, [event])

    def accepted(self, leg, event):
        if self.answered is not None:  # two answers crossed
            leg.caller.request('BYE', [event])
            return
        self.answered = leg
        self.side.accept(self.invite, [event])
        for other in self.legs:
            if other is not leg:
                other.caller.give_up(other.caller.invite, [event])

    def was_refused(self, client, message, event):
        self.refused.append(event)
        if len(self.refused) == len(self.legs) and not self.invite.over:
            self.invite.over = True
            self.side.respond(self.invite, self.invite.request.reply(message.status, self.side.tag), [event])

    def ended_by_caller(self, transaction, message, event):
        self.side.respond(transaction, message.reply(200, self.side.tag), [event])
        if self.answered:
            self.answered.caller.request('BYE', [event])

    def ended_by_callee(self, transaction, message, event):
        side = self.answered.caller
        side.respond(transaction, message.reply(200, side.tag), [event])
        self.side.request('BYE', [event])

    def begin(self, then=lambda event: None):
        self.first.call(then)
        return self.path()


def b2bua(world):
    switch = Switch(world)
    switch.legs[0].answers()
    who = world.random.choice([switch.first.caller, switch.legs[0].callee])
    return switch.begin(lambda event: switch.first.hang_up(who, [event]))


def b2bua_fork(world):
    """The first answer wins; the other legs are cancelled."""
    switch = Switch(world, world.random.choice([2, 3]))
    for leg in switch.legs:
        leg.answers(ring=world.random.uniform(1, 4))
    return switch.begin(lambda event: switch.first.hang_up(switch.first.caller, [event]))


def b2bua_busy(world):
    switch = Switch(world)
    callee = switch.legs[0].callee

    def invited(transaction, message, event):
        callee.progress(transaction, 180, [event])
        world.later(world.random.uniform(.01, 3), lambda: callee.respond(
            transaction, message.reply(486, callee.tag), [event, transaction.last_event]))
    callee.on['INVITE'] = invited
    return switch.begin()


ALL = {f.__name__: f for f in (
    basic, instant, long_call, direct, busy, cancelled, cancel_race, prack, update, reinvites, glare, infos, fork,
    sequential, challenged, register, keepalives, text_message, subscribe, refer, early_media, lossy, late_answer,
    lost_acks, crossing_byes, spiral, loop, slow_links, three_proxies, dead_end, several_calls, b2bua,
    b2bua_fork, b2bua_busy)}
