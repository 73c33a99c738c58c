"""Transfers that work, and what is told of how they go."""
import plays
from failure_case import Line, transfer_teller
from failure_good import _case, good
from failure_media import _talks


def _transfer(world, refer_to, then):
    """A transfer that works, with the NOTIFYs of how it goes; a new leg is a dialogue of its own."""
    line = Line(world, switch=False).answers()
    first, second = world.random.sample([line.caller, line.callee], 2)

    notify = transfer_teller(second)

    def referred(transaction, message, event):
        second.respond(transaction, message.reply(202, second.tag), [event])
        world.later(.01, lambda: notify(100, 'Trying', 'active;expires=60'))
        if world.random.random() < .6:
            world.later(.8, lambda: notify(180, 'Ringing', 'active;expires=60'))
        world.later(2, lambda: notify(200, 'OK', 'terminated;reason=noresource'))
        world.later(2.3, lambda: world.random.choice([first, second]).request('BYE', [event]))
        then(line, event)
    second.on['REFER'] = referred
    return line, _talks(line, lambda event: world.later(3, lambda: first.request('REFER', [event], extra=refer_to)))


@good
def blind_transfer(world):
    """The one who was transferred calls the new party over the same proxies."""
    def then(line, event):
        path = plays.Path(world, 1)
        path.caller.leg = path.callee.leg = '/t'
        path.answers(ring=.7)
        path.call(lambda e: path.hang_up(path.caller, [e], 20), [event])
    line, _ = _transfer(world, ('Refer-To: <sip:300@example.com>', 'Referred-By: <sip:200@example.com>'), then)
    return _case(line)


@good
def attended_transfer(world):
    """The Refer-To names the dialogue to replace."""
    line, _ = _transfer(world, ('Refer-To: <sip:300@example.com?Replaces=other%40example.com%3Bto-tag%3Dt'
                                '%3Bfrom-tag%3Df>',
                                'Referred-By: <sip:200@example.com>'), lambda line, event: None)
    return _case(line)
