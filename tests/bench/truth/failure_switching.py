"""Calls of more than two legs over a back-to-back user agent, of which nothing bad may be told: one leg ends, and the
others go on."""
import plays
from failure_case import Case, Line, is_sent, transfer_teller
from failure_good import good


class Exchange(Line):
    """A line over a back-to-back user agent that may make and take further legs."""

    def __init__(self, world):
        super().__init__(world, switch=True)
        self.side = self.switch.side
        self.more = []

    def _path(self, name):
        path = plays.Path(self.world, self.random.choice([0, 1]))
        path.caller.leg = path.callee.leg = f'/{name}'
        for proxy in path.proxies:
            proxy.says_trying = True
        self.more.append(path)
        return path

    def leg_to(self, name):
        """To a phone of its own, called by the switch."""
        path = self._path(name)
        path.caller.of, path.caller.endpoint = self.side, self.side.endpoint
        path.answers(ring=self.random.uniform(.3, 4))
        plays.accept_reinvites(path)
        path.caller.on['BYE'] = self.only_answers(path.caller)
        return path

    def leg_from(self, name):
        """From a phone of its own, taken in by the switch."""
        path = self._path(name)
        path.callee.of, path.callee.endpoint = self.side, self.side.endpoint
        path.callee.on['BYE'] = self.only_answers(path.callee)
        return path

    @staticmethod
    def only_answers(side):
        return lambda transaction, message, event: side.respond(transaction, message.reply(200, side.tag), [event])

    def case(self, **more):
        hosts = [*self.hosts, *(h for path in self.more for h in path.hosts)]
        more.setdefault('exact', True)
        return Case(hosts, (), witness=[self.side], **more)

    def end_together(self, *sides, after=(15, 80)):
        """The switch hangs up on all of these."""
        self.world.later(self.random.uniform(*after), lambda: [side.request('BYE', []) for side in sides])


def _refers(phone, side, then, extra=('Refer-To: <sip:300@example.com>',)):
    """The phone asks the switch to call somebody else, and is told how that goes."""
    notify = transfer_teller(side)

    def referred(transaction, message, event):
        side.respond(transaction, message.reply(202, side.tag), [event])
        side.world.later(.01, lambda: notify(100, 'Trying', 'active;expires=60'))
        then(event, lambda: notify(200, 'OK', 'terminated;reason=noresource'))
    side.on['REFER'] = referred
    return lambda causes: phone.request('REFER', causes, extra=extra)


@good
def transferred_by_the_switch(world):
    """The switch carries the transfer out itself: the leg of who transferred ends, and the other goes on."""
    line = Exchange(world).answers()
    third = line.leg_to('t')
    by_callee = world.random.random() < .5
    phone, side, stays = ((line.callee, line.far.caller, line.side) if by_callee else
                          (line.caller, line.side, line.far.caller))
    announced = world.random.random() < .5

    def then(event, succeeded):
        def answered(got):
            if announced:
                succeeded()
            world.later(.3, lambda: (phone if announced else side).request('BYE', [got]))
            line.end_together(stays, third.caller)
        world.later(.02, lambda: third.call(answered, [event]))
    refer = _refers(phone, side, then)

    def talk(event):
        side.on['BYE'] = line.only_answers(side)
        world.later(3, lambda: refer([event]))
    line.begin(talk)
    return line.case(proof=[(is_sent('INVITE', 0, third.caller), 1)])


@good
def consulted_and_transferred(world):
    """The callee calls a third one over the switch first, and then connects the two."""
    line = Exchange(world).answers()
    asks, third = line.leg_from('q'), line.leg_to('t')
    asks.caller.endpoint, asks.caller.of = line.callee.endpoint, line.callee

    def then(event, succeeded):
        succeeded()
        world.later(.05, lambda: asks.callee.request('BYE', [event]))
        world.later(.1, lambda: line.callee.request('BYE', [event]))
        line.end_together(line.side, third.caller)
    refer = _refers(line.callee, line.far.caller, then, (
        'Refer-To: <sip:300@example.com?Replaces=other%40example.com%3Bto-tag%3Dt%3Bfrom-tag%3Df>',))

    def invited(transaction, message, event):
        asks.callee.progress(transaction, 100, [event])
        world.later(.02, lambda: third.call(lambda got: asks.callee.accept(transaction, [got]), [event]))
    asks.callee.on['INVITE'] = invited

    def talk(event):
        line.far.caller.on['BYE'] = line.only_answers(line.far.caller)
        world.later(2, lambda: asks.call(lambda got: world.later(world.random.uniform(2, 20), lambda: refer([got]))))
    line.begin(talk)
    return line.case(proof=[(is_sent('INVITE', 0, third.caller), 1)])


@good
def conference(world):
    """Three or four take part, and each leaves when it likes."""
    line = Exchange(world).answers()
    others = [line.leg_to(f'c{i}') for i in range(world.random.randrange(1, 3))]

    def talk(event):
        line.side.on['BYE'] = line.only_answers(line.side)
        line.far.caller.on['BYE'] = line.only_answers(line.far.caller)
        for i, path in enumerate(others):
            world.later(world.random.uniform(.1, 9), lambda path=path: path.call(causes=[event]))
        leave = [line.caller, line.callee, *(path.callee for path in others)]
        world.random.shuffle(leave)
        at = 20
        for phone in leave[:-2]:
            at += world.random.uniform(.5, 60)
            world.later(at, lambda phone=phone: phone.request('BYE', []))
        at += world.random.uniform(5, 60)
        for phone in leave[-2:]:
            world.later(at, lambda phone=phone: phone.request('BYE', []))
            at += world.random.uniform(.05, 8)
    line.begin(talk)
    return line.case()


@good
def recorded(world):
    """A recorder gets a leg of its own: with the call, or when it is answered; it ends with the call or a little
    later."""
    line = Exchange(world).answers()
    recorder = line.leg_to('r')
    early = world.random.random() < .5

    def talk(event):
        if not early:
            world.later(.01, lambda: recorder.call(causes=[event]))
        after = world.random.uniform(8, 60)
        line.near.hang_up(world.random.choice([line.caller, line.callee]), [event], after)
        world.later(after + world.random.choice([.05, 5]), lambda: recorder.caller.request('BYE', []))
    line.begin(talk)
    if early:
        world.later(.02, lambda: recorder.call())
    return line.case()


@good
def waits_in_a_queue(world):
    """Answered by the switch, with music, until an agent is free: the first one does not come to the phone."""
    line = Exchange(world)
    first, second = line.leg_to('a'), line.leg_to('b')
    first.answers(ring=500)
    side = line.side

    def invited(transaction, message, event):
        if message.to_tag:
            side.accept(transaction, [event])
            return
        side.progress(transaction, 100, [event])
        world.later(.2, lambda: side.accept(transaction, [event]))
        at = world.random.uniform(.3, 20)
        world.later(at, lambda: first.call(causes=[event]))
        world.later(at + 12, lambda: first.caller.give_up(first.caller.invite, []))
        world.later(at + 12.1, lambda: second.call(lambda got: None, [event]))
    side.on['INVITE'] = invited
    second.caller.on['BYE'] = lambda t, m, e: (second.caller.respond(t, m.reply(200, second.caller.tag), [e]),
                                               side.request('BYE', [e]))
    side.on['BYE'] = lambda t, m, e: (side.respond(t, m.reply(200, side.tag), [e]), second.caller.request('BYE', [e]))
    line.near.call(lambda event: world.later(world.random.uniform(45, 90), lambda: world.random.choice(
        [line.caller, second.callee]).request('BYE', [event])))
    return line.case()


@good
def clicked(world):
    """A program has the switch call one phone, without an offer, and the other one when that answers."""
    line = Exchange(world)
    first, second = line.leg_to('a'), line.leg_to('b')
    line.dress.offers_late.add(first.caller)
    first.caller.on['BYE'] = lambda t, m, e: (first.caller.respond(t, m.reply(200, first.caller.tag), [e]),
                                              second.caller.request('BYE', [e]))
    second.caller.on['BYE'] = lambda t, m, e: (second.caller.respond(t, m.reply(200, second.caller.tag), [e]),
                                               first.caller.request('BYE', [e]))

    def then(event):
        line.dress.offers_late.discard(first.caller)
        plays.reinvite(first, first.caller, [event])
        world.later(world.random.uniform(8, 60), lambda: world.random.choice(
            [first.callee, second.callee]).request('BYE', [event]))
    first.call(lambda event: world.later(.05, lambda: second.call(then, [event])))
    return Case([line.side, *first.hosts[1:], *second.hosts[1:]], (), witness=[line.side], exact=True)


@good
def picked_up(world):
    """A colleague takes the call that rings at another phone: an INVITE with Replaces."""
    line = Exchange(world).answers(ring=300)
    colleague = line.leg_from('p')
    side = colleague.callee

    def invited(transaction, message, event):
        side.progress(transaction, 100, [event])
        side.accept(transaction, [event])
        line.side.accept(line.switch.invite, [event])
        line.far.caller.give_up(line.far.caller.invite, [event])
    side.on['INVITE'] = invited
    line.side.on['BYE'] = lambda t, m, e: (line.side.respond(t, m.reply(200, line.side.tag), [e]),
                                           side.request('BYE', [e]))
    side.on['BYE'] = lambda t, m, e: (side.respond(t, m.reply(200, side.tag), [e]), line.side.request('BYE', [e]))
    line.begin(lambda event: world.later(world.random.uniform(8, 60), lambda: world.random.choice(
        [line.caller, colleague.caller]).request('BYE', [event])))
    before, colleague_invites = colleague.caller.compose, []

    def compose(method, number=None, **more):
        if method == 'INVITE' and not colleague_invites:
            colleague_invites.append(1)
            more['extra'] = ('Replaces: other@example.com;to-tag=t;from-tag=f',)
        return before(method, number, **more)
    colleague.caller.compose = compose
    world.later(world.random.uniform(3, 15), lambda: colleague.call())
    return line.case(allowed=['answer_crossed_cancel'])


@good
def tried_one_after_another(world):
    """Three gateways refuse, each in its own way, before one takes the call."""
    line = Exchange(world)
    line.far.answers()
    refusing = [line.leg_to(f'g{i}') for i in range(3)]
    for path, status in zip(refusing, world.random.sample([503, 404, 480, 486, 500, 403, 488], 3)):
        path.callee.on['INVITE'] = lambda t, m, e, path=path, status=status: world.later(
            world.random.uniform(.02, .8), lambda: path.callee.respond(t, m.reply(status, path.callee.tag), [e]))
    order = [*refusing, line.far]

    def called(transaction, message, event):
        if message.to_tag:
            line.side.accept(transaction, [event])
            return
        line.switch.invite = transaction
        line.side.progress(transaction, 100, [event])
        tries(0, event)

    def tries(i, event):
        if order[i] is line.far:
            world.later(.01, lambda: line.switch.call(line.far, event))
        else:
            world.later(.01, lambda: order[i].call(causes=[event], on_other=lambda c, m, e: tries(i + 1, e)))
    line.side.on['INVITE'] = called
    line.near.call(lambda event: line.near.hang_up(world.random.choice([line.caller, line.callee]), [event],
                                                   world.random.uniform(4, 60)))
    return line.case(allowed=['slow_setup'])
