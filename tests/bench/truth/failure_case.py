"""A call that fails, and what an analysis must tell of it."""
from failure_dress import Dress
from plays import Path, Switch, accept_reinvites

WAYS = {}   # by code: the ways in which it arises, functions of a world that return a Case


def way(*codes):
    def note(function):
        for code in codes:
            WAYS.setdefault(code, []).append(function)
        return function
    return note


class Case:
    """`hosts`: where watchers may stand. `witness`: of these hosts one must be watched, `witnesses`: all of these,
    `blind`: none. `proof`: (which transmissions, how many of them at least) watchers must have reported; otherwise the
    case is made anew. `host`: who is to blame, where the finding names somebody. `first`: the codes that may be told
    first, `allowed`: further warnings and errors that are true as well. `exact`: no watcher may lose reports. `spoil`
    makes other chunks of the chunks, None if there is nothing to spoil; `flaws`: those of watchers that may occur."""

    def __init__(self, hosts, first, host=None, witness=(), witnesses=(), blind=(), proof=(), allowed=(), severity=None,
                 exact=False, spoil=None, flaws=None):
        self.hosts = list(dict.fromkeys(h.of for h in hosts))
        self.first = {first} if isinstance(first, str) else set(first)
        blamed = host if isinstance(host, (list, tuple)) else [host] if host else []
        self.host = {h.endpoint.split(':')[0] for h in blamed}
        self.witness = [h.of for h in witness] or list(self.hosts)
        self.witnesses = [h.of for h in witnesses]
        self.blind = {h.of for h in blind}
        self.proof, self.allowed, self.severity = list(proof), set(allowed), severity
        self.exact, self.spoil, self.flaws = exact, spoil, flaws


class Line:
    """From a caller to a callee over one to three proxies, or over a back-to-back user agent: then `near` is the
    caller's leg, and `far` the callee's."""

    def __init__(self, world, switch=None, proxies=None, transport=None):
        random = world.random
        self.world, self.random = world, random
        world.transport = transport or random.choice(['UDP', 'UDP', 'UDP', 'TCP'])
        self.dress = Dress(world)
        if switch is None:
            switch = random.random() < .3
        self.switch = Switch(world) if switch else None
        if self.switch:
            self.near, self.far = self.switch.first, self.switch.legs[0]
            self.switch.side.on['CANCEL'] = self.switch_cancelled
        else:
            self.near = self.far = Path(world, proxies or random.choice([1, 1, 2, 3]))
        self.caller, self.callee = self.near.caller, self.far.callee
        self.proxies = list(dict.fromkeys([*self.near.proxies, *self.far.proxies]))
        for proxy in self.proxies:
            proxy.says_trying = True
        self.hosts = [*self.near.hosts, *self.far.hosts[1:]] if self.switch else list(self.near.hosts)
        if random.random() < .4:
            self.go_public()

    def switch_cancelled(self, transaction, message, event):
        side, far = self.switch.side, self.far.caller
        invite = side.servers.get((message.branch, 'INVITE'))
        side.respond(transaction, message.reply(200, side.tag), [event])
        if invite is not None and not invite.over:
            invite.over = True
            side.respond(invite, invite.request.reply(487, side.tag), [event])
            far.give_up(far.invite, [event])

    def go_public(self, among=None):
        for host in dict.fromkeys(h.of for h in among or self.hosts):
            random = self.random
            endpoint = f'{random.choice([8, 62, 93, 185, 203])}.{random.randrange(1, 250)}.' \
                       f'{random.randrange(0, 250)}.{random.randrange(1, 250)}:5060'
            for one in self.world.hosts:
                if one.of is host:
                    one.endpoint = endpoint

    def answers(self, **more):
        more.setdefault('ring', self.random.uniform(.5, 6))
        self.far.answers(**more)
        return self

    def begin(self, then=lambda event: None, **more):
        for path in {id(p): p for p in (self.near, self.far)}.values():
            path.callee.on.setdefault('INVITE', lambda *_: None)
            accept_reinvites(path)
        self.near.call(then, **more)
        return self

    def hops(self):
        """Pairs of neighbours, in the direction of the call."""
        pairs = list(zip(self.near.hosts, self.near.hosts[1:]))
        return pairs + list(zip(self.far.hosts, self.far.hosts[1:])) if self.switch else pairs

    def before(self, host):
        return next(a for a, b in self.hops() if b is host)

    def both_ends(self, hop):
        return hop[0].of, hop[1].of


def is_sent(method=None, status=0, src=None, dst=None):
    """Transmissions of a request, or of a response (`status` None: of any)."""
    def act(event):
        message = event.message
        return ((method is None or message.method == method) and (status is None or message.status == status)
                and (src is None or event.src.of is src.of) and (dst is None or event.dst.of is dst.of))
    return act


def deafen(host):
    host.receive = lambda message, event: None


def rings_then(line, then, ring=None):
    """The callee rings, and after a while `then(transaction, causes)` instead of an answer."""
    callee, random = line.callee, line.random
    ring = random.uniform(.3, 4) if ring is None else ring

    def invited(transaction, message, event):
        callee.progress(transaction, 100, [event])
        line.world.later(.05, lambda: callee.progress(transaction, 180, [event]))
        line.world.later(.1 + ring, lambda: then(transaction, [event, transaction.last_event]))
    callee.on['INVITE'] = invited


def transfer_teller(phone, version=';version=2.0'):
    """How the phone tells of a transfer that it was asked for (RFC 3515)."""
    def notify(status, reason, state):
        phone.request('NOTIFY', [], extra=('Event: refer', f'Subscription-State: {state}',
                                           f'Content-Type: message/sipfrag{version}'),
                      body=f'SIP/2.0 {status} {reason}')
    return notify
