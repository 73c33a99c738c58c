"""A small network with SIP hosts in it: what happens there is the truth that is scored against.

Discrete events: hosts send messages over links that take time and lose some; transactions send again by the timers of
RFC 3261. Every transmission is noted with the one that caused it.
"""
import heapq

from sip import Message

T1, T2 = 0.5, 4.0


class Event:
    """One transmission: sent at `sent`, received at `received` (None: lost on the way)."""

    __slots__ = ('index', 'sent', 'received', 'src', 'dst', 'message', 'causes', 'again')

    def __init__(self, index, sent, src, dst, message, causes, again):
        self.index, self.sent, self.received = index, sent, None
        self.src, self.dst, self.message = src, dst, message
        self.causes = [c for c in causes if c is not None]
        self.again = again


class World:
    def __init__(self, random, loss=0.0, latency=(0.00005, 0.0004), work=(0.0008, 0.004)):
        self.random, self.loss, self.latency, self.work = random, loss, latency, work
        self.now, self.queue, self.count, self.events, self.hosts = 0.0, [], 0, [], []
        self.links, self.forced_losses = {}, []
        self.transport = 'UDP'
        self.dress = None  # what gives a message the headers and the body of its sender

    def later(self, delay, act):
        self.count += 1
        heapq.heappush(self.queue, (self.now + delay, self.count, act))

    def run(self, until=7200.0):
        while self.queue and len(self.events) < 3000:
            at, _, act = heapq.heappop(self.queue)
            if at > until:
                break
            self.now = at
            act()

    def flight(self, a, b):
        key = tuple(sorted((a.endpoint, b.endpoint)))
        if key not in self.links:
            self.links[key] = self.random.uniform(*self.latency)
        return self.links[key] * self.random.uniform(1.0, 1.02) + self.random.expovariate(1 / 3e-5)

    def transmit(self, src, dst, message, causes, again=False):
        if self.dress and message.more is None:
            self.dress(src, message)
        event = Event(len(self.events), self.now, src, dst, message, causes, again)
        self.events.append(event)
        lost = self.random.random() < self.loss
        for i, wanted in enumerate(self.forced_losses):
            if wanted(event):
                del self.forced_losses[i]
                lost = True
                break
        arrival = self.now + self.flight(src, dst)
        if not lost:
            event.received = arrival
            self.later(arrival - self.now, lambda: dst.receive(message, event))
        self.now += 2e-5  # a host does one thing at a time
        return event


class Transaction:
    """One side of a transaction at one hop."""

    __slots__ = ('request', 'peer', 'over', 'quiet', 'last', 'last_event', 'on_response', 'provisional', 'context',
                 'acked', 'ack', 'event', 'final')

    def __init__(self, request, peer):
        self.request, self.peer = request, peer
        self.over = self.quiet = self.provisional = self.acked = False
        self.last = self.last_event = self.on_response = self.context = self.ack = self.event = self.final = None


class Host:
    def __init__(self, world, endpoint):
        self.world, self.endpoint = world, endpoint
        self.clients, self.servers, self.free_at = {}, {}, 0.0
        self.branches = 0
        self.patience = None    # it answers itself after so many seconds without an answer
        self.of = self  # the host that it is a part of
        world.hosts.append(self)

    def new_branch(self):
        self.branches += 1
        return (f'z9hG4bK{self.endpoint.replace(".", "").replace(":", "")}.{self.world.random.getrandbits(40):x}',
                self.endpoint, self.world.transport)

    def receive(self, message, event):
        """Work takes time, and messages are handled in the order in which they came."""
        world = self.world
        start = max(world.now + world.random.uniform(*world.work), self.free_at)
        self.free_at = start + 1e-5
        world.later(start - world.now, lambda: self.handle(message, event))

    def handle(self, message, event):
        if message.status:
            self.handle_response(message, event)
        elif message.method == 'ACK':
            self.handle_ack(message, event)
        else:
            key = (message.branch, message.method)
            known = self.servers.get(key)
            if known is None:
                self.servers[key] = known = Transaction(message, event.src)
                known.event = event
                self.on_request(known, message, event)
            elif known.last is not None:
                known.last_event = self.world.transmit(self, known.peer, known.last, [event, known.last_event], True)

    # ---- as a client

    def ask(self, peer, message, causes, on_response):
        key = (message.branch, message.method)
        transaction = self.clients[key] = Transaction(message, peer)
        transaction.on_response = on_response
        transaction.last_event = self.world.transmit(self, peer, message, causes)
        longest = 1e9 if message.method == 'INVITE' else T2

        def again():
            transaction.last_event = self.world.transmit(self, peer, message, [transaction.last_event], True)
        self.repeat(again, lambda: transaction.over or transaction.quiet, longest)
        if self.patience is not None:
            self.world.later(self.patience, lambda: self.run_out(transaction))
        return transaction

    def repeat(self, act, done, longest=T2, by_any_transport=False, then=None):
        """Sends again after T1, twice T1 and so on, at most every `longest`, for 64 T1 (RFC 3261 17); then `then`."""
        if self.world.transport != 'UDP' and not by_any_transport:
            return
        since = self.world.now

        def due(interval):
            if done():
                return
            if self.world.now - since > 64 * T1 - .1:
                if then:
                    then()
                return
            act()
            self.world.later(min(2 * interval, longest, max(64 * T1 - (self.world.now - since), .1)),
                             lambda: due(min(2 * interval, longest)))
        self.world.later(T1, lambda: due(T1))

    def run_out(self, transaction):
        """No answer came: a proxy answers 408 (RFC 3261 16.8)."""
        if not transaction.over and not transaction.provisional:
            transaction.over = True
            transaction.on_response(transaction, transaction.request.reply(408, f'late{len(self.clients)}'),
                                    transaction.last_event)

    def handle_response(self, message, event):
        transaction = self.clients.get((message.branch, message.method))
        if transaction is None:
            return
        if message.status < 200:
            transaction.provisional = True
            if message.method == 'INVITE':
                transaction.quiet = True
        else:
            transaction.over = True
            if message.method == 'INVITE' and message.status >= 300:
                ack = transaction.request.at_its_hop('ACK', to_tag=message.to_tag)
                transaction.ack = self.world.transmit(self, transaction.peer, ack, [event, transaction.ack],
                                                      transaction.ack is not None)
                if transaction.final is not None:
                    return
            transaction.final = event
        transaction.on_response(transaction, message, event)

    # ---- as a server

    def respond(self, transaction, message, causes):
        transaction.last_event = self.world.transmit(self, transaction.peer, message,
                                                     causes + [transaction.event])
        transaction.last = message
        if message.status >= 300 and message.method == 'INVITE':
            def again():
                transaction.last_event = self.world.transmit(self, transaction.peer, transaction.last,
                                                             [transaction.last_event], True)
            self.repeat(again, lambda: transaction.acked)
        return transaction.last_event

    def handle_ack(self, message, event):
        server = self.servers.get((message.branch, 'INVITE'))
        if server is not None and server.last is not None and server.last.status >= 300:
            server.acked = True
        else:
            self.on_ack(message, event)

    def on_request(self, transaction, message, event):
        raise NotImplementedError

    def on_ack(self, message, event):
        pass


class Proxy(Host):
    """Stateful, in the path of the whole dialogue (Record-Route), forks where it has several targets."""

    def __init__(self, world, endpoint):
        super().__init__(world, endpoint)
        self.ahead, self.back, self.toward, self.says_trying = [], [], {}, True
        self.refuses, self.acks = None, {}

    def targets(self, message, came_from):
        if message.to_tag in self.toward and message.to_tag:
            return [self.toward[message.to_tag]]
        return self.ahead if message.ahead else self.back

    def on_request(self, transaction, message, event):
        if message.from_tag not in self.toward:
            self.toward[message.from_tag] = event.src
        if message.method == 'CANCEL':
            self.respond(transaction, message.reply(200, 'p'), [event])
            invite = self.servers.get((message.branch, 'INVITE'))
            if invite is not None and invite.context is not None:
                invite.context['cancelled'] = True
                for client in invite.context['clients']:
                    self.cancel(client, event)
            return
        if message.method == 'INVITE' and self.says_trying:
            self.respond(transaction, message.reply(100), [event])
        refused = self.refuses(message) if self.refuses else 0
        if refused:
            self.respond(transaction, message.reply(refused, f'pt{len(self.servers)}'), [event])
            return
        context = transaction.context = {'clients': [], 'best': None, 'answered': False, 'cancelled': False,
                                         'server': transaction}
        for target in self.targets(message, event.src):
            forwarded = message.copy(vias=(self.new_branch(),) + message.vias, max_forwards=message.max_forwards - 1)
            context['clients'].append(self.ask(target, forwarded, [event], self.on_answer(context)))

    def cancel(self, client, cause):
        if client.over or client.context == 'cancelled':
            return
        client.context = 'cancelled'
        if not client.provisional:  # RFC 3261 9.1: not before a provisional response
            client.context = 'cancel when ringing'
            client.event = cause
            return
        self.ask(client.peer, client.request.at_its_hop('CANCEL'), [cause, client.last_event], lambda *_: None)

    def tries_next(self, phone, refusal, begins=lambda context: None, **changes):
        """Once a branch ends with a status for which `refusal` holds, the request goes to this phone, with `changes`;
        `begins` is told of each branch."""
        before = self.on_answer

        def on_answer(context):
            act = before(context)
            begins(context)

            def serial(client, message, event):
                if refusal(message.status) and not context.get('next'):
                    context['next'] = True
                    original = context['server'].request
                    forwarded = original.copy(vias=(self.new_branch(),) + original.vias,
                                              max_forwards=original.max_forwards - 1, **changes)
                    context['clients'].append(self.ask(phone, forwarded, [event], on_answer(context)))
                    return
                act(client, message, event)
            return serial
        self.on_answer = on_answer

    def on_answer(self, context):
        def act(client, message, event):
            if message.to_tag and message.to_tag not in self.toward and not message.ahead:
                self.toward[message.to_tag] = event.src
            if message.to_tag and message.to_tag not in self.toward:
                self.toward[message.to_tag] = event.src
            if message.status < 200:
                if client.context == 'cancel when ringing':
                    client.context = None
                    self.cancel(client, event)
            if message.status == 100:
                return
            back = message.copy(vias=message.vias[1:])
            server = context['server']
            if message.status < 200 or (message.status < 300 and message.method == 'INVITE'):
                if message.status < 200 and context['answered']:
                    return
                repeated = message.status >= 200 and context.get('accepted') == message.to_tag
                if message.status >= 200:
                    context['accepted'] = message.to_tag
                    context['answered'] = True
                previous = context.setdefault('sent', {}).get((message.status, message.to_tag))
                sent = self.world.transmit(self, server.peer, back, [event, server.event, previous],
                                           previous is not None)
                context['sent'][(message.status, message.to_tag)] = sent
                if not repeated:
                    server.last, server.last_event = back, sent
                if message.status >= 200 and not repeated:
                    for other in context['clients']:
                        if other is not client:
                            self.cancel(other, event)
                return
            if message.status < 300:
                if not context['answered']:
                    context['answered'] = True
                    self.respond(server, back, [event])
                return
            if context['best'] is None or message.status < context['best'].status:
                context['best'] = back
            if all(c.over for c in context['clients']) and not context['answered']:
                context['answered'] = True
                self.respond(server, context['best'], [event])
        return act

    def on_ack(self, message, event):
        """The ACK of a 2xx goes on like a request, one branch for all its copies, and is not answered."""
        for target in self.targets(message, event.src):
            key = (message.branch, target.endpoint)
            branch, before = self.acks.get(key, (None, None))
            branch = branch or self.new_branch()
            forwarded = message.copy(vias=(branch,) + message.vias, max_forwards=message.max_forwards - 1)
            self.acks[key] = (branch, self.world.transmit(self, target, forwarded, [event, before], before is not None))


class Spiral(Proxy):
    """Sends everything through `through` (which may be itself) first, and on when it comes back from there."""
    through = None

    def targets(self, message, came_from):
        if came_from is not self.through:
            return [self.through]
        return self.ahead if message.ahead else self.back


class Phone(Host):
    """A user agent. What it does on a request is a table of functions by method."""

    def __init__(self, world, endpoint, tag, ahead):
        super().__init__(world, endpoint)
        self.tag, self.goes_ahead, self.number = tag, ahead, world.random.choice([1, 8, 99, 102, 20500])
        self.door = None        # the first hop of what it sends
        self.direct = None      # the other end, where proxies do not stay in the path
        self.peer_tag, self.on = '', {}
        self.acks, self.uri = {}, 'sip:bob@example.com' if ahead else 'sip:alice@example.com'
        self.on_acked, self.on_no_ack, self.leg = [], None, ''

    def compose(self, method, number=None, **more):
        if number is None:
            self.number += 1
            number = self.number
        return Message(method, self.uri, number, self.tag, self.peer_tag, [self.new_branch()], ahead=self.goes_ahead,
                       leg=self.leg, **more)

    def hop(self):
        return self.direct if self.direct is not None and self.peer_tag else self.door

    def request(self, method, causes, on_response=lambda *_: None, **more):
        return self.ask(self.hop(), self.compose(method, **more), causes, on_response)

    def on_request(self, transaction, message, event):
        if not self.peer_tag and message.method != 'CANCEL':
            self.peer_tag = message.from_tag
        act = self.on.get(message.method)
        if act:
            act(transaction, message, event)
        elif message.method == 'CANCEL':
            invite = self.servers.get((message.branch, 'INVITE'))
            self.respond(transaction, message.reply(200, self.tag), [event])
            if invite is not None and not invite.over:
                invite.over = True
                self.respond(invite, invite.request.reply(487, self.tag), [event])
        else:
            self.respond(transaction, message.reply(200, self.tag), [event])

    def give_up(self, invite, causes):
        """CANCEL, or nothing if there is a final response."""
        if not invite.over:
            self.ask(invite.peer, invite.request.at_its_hop('CANCEL'), [*causes, invite.last_event], lambda *_: None)

    def accept(self, invite, causes, **more):
        """200 to an INVITE, again and again until its ACK comes (RFC 3261 13.3.1.4)."""
        if invite.over:
            return None
        invite.over = True
        message = invite.request.reply(200, self.tag, **more)
        invite.last_event = self.world.transmit(self, invite.peer, message, causes + [invite.event, invite.last_event])
        invite.last = message

        def again():
            invite.last_event = self.world.transmit(self, invite.peer, message, [invite.last_event], True)
        self.repeat(again, lambda: invite.acked, by_any_transport=True,
                    then=lambda: self.on_no_ack and self.on_no_ack(invite.last_event))
        return invite.last_event

    def progress(self, invite, status, causes, **more):
        if invite.over:
            return None
        message = invite.request.reply(status, self.tag if status > 100 else '', **more)
        invite.last_event = self.world.transmit(self, invite.peer, message, causes + [invite.event, invite.last_event])
        invite.last = message
        return invite.last_event

    def acknowledge(self, client, message, event):
        """The ACK of a 2xx; the same one again for a 2xx that comes again."""
        key = (message.number, message.to_tag)
        known = self.acks.get(key)
        if known is None:
            self.peer_tag = self.peer_tag or message.to_tag
            ack = self.compose('ACK', number=message.number).copy(to_tag=message.to_tag)
            self.acks[key] = (ack, self.world.transmit(self, self.hop(), ack, [event]))
            return True
        self.acks[key] = (known[0], self.world.transmit(self, self.hop(), known[0], [event, known[1]], True))
        return False

    def on_ack(self, message, event):
        for server in self.servers.values():
            if server.request.method == 'INVITE' and server.request.number == message.number and not server.acked:
                server.acked = True
                for act in self.on_acked:
                    act(event)
