"""Calls that end too early, or while they are on hold."""
from failure_case import Case, Line, is_sent, way
from failure_media import _talks


def _held(world, how, who, resumed_between=False):
    line = Line(world).answers()
    path = world.random.choice([line.near, line.far])

    def talk(event):
        phone = who(path)
        audio = line.dress.of(phone)

        def turn(direction):
            audio.direction = direction
            audio.address = '0.0.0.0' if direction == 'old' else None
            audio.direction = 'sendonly' if direction == 'old' else direction
            phone.request('INVITE', [event], lambda c, m, e: m.status == 200 and phone.acknowledge(c, m, e))
        if resumed_between:
            world.later(2, lambda: turn('sendonly'))
            world.later(4, lambda: turn('sendrecv'))
        world.later(6, lambda: turn(how))
        line.near.hang_up(world.random.choice([line.caller, line.callee]), [event], world.random.uniform(9, 60))
    _talks(line, talk)
    return Case(line.hosts, 'held_to_the_end', witness=path.hosts, exact=True,
                proof=[(lambda e: is_sent('INVITE')(e) and e.message.to_tag and e.src.of in (path.caller.of,
                    path.callee)
                        and (f'a={how}' in e.message.body or '0.0.0.0' in e.message.body), 1),
                       (is_sent('BYE', 0), 1)])


@way('held_to_the_end')
def held_by_direction(world):
    return _held(world, world.random.choice(['sendonly', 'inactive']),
                 lambda path: world.random.choice([path.caller, path.callee]))


@way('held_to_the_end')
def held_by_address(world):
    return _held(world, 'old', lambda path: world.random.choice([path.caller, path.callee]))


@way('held_to_the_end')
def held_again(world):
    return _held(world, 'sendonly', lambda path: world.random.choice([path.caller, path.callee]), True)


def _short(world, who, switch, seconds):
    line = Line(world, switch=switch).answers()
    _talks(line, lambda event: line.near.hang_up(who(line), [event], seconds))
    return Case(line.hosts, 'short_call', exact=True,
                flaws=['none', 'offset seconds', 'offset hours', 'drift', 'twice', 'edits'],
                proof=[(is_sent('INVITE', 200), 1), (is_sent('BYE', 0), 1)])


@way('short_call')
def callee_hangs_up_at_once(world):
    return _short(world, lambda line: line.callee, False, world.random.uniform(.2, 2.5))


@way('short_call')
def caller_hangs_up_at_once(world):
    return _short(world, lambda line: line.caller, False, world.random.uniform(.2, 2.5))


@way('short_call')
def short_over_a_switch(world):
    return _short(world, lambda line: world.random.choice([line.caller, line.callee]), True,
                  world.random.uniform(.2, 2.5))
