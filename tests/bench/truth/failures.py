#!/usr/bin/python3
"""Calls that fail in known ways, analyzed by a program, and scored: is the right finding told, and told first?

    failures.py [--program build/release/call_inspector] [--seed N] [--each N] [--code CODE] [--good]
                [--show K] [--play]

The program reads a JSON array of calls, each an array of the chunks of all its legs, and writes an array of analyses
(`analyze`). `--good` plays ordinary calls instead, of which no warning and no error may be told. `--play` tells the
course of each call as text, and asks nobody.
"""
import argparse
import collections
import json
import os
import random
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import failure_capture  # noqa: E402,F401
import failure_crossings  # noqa: E402,F401
import failure_delays  # noqa: E402,F401
import failure_dialogs  # noqa: E402,F401
import failure_ends  # noqa: E402,F401
import failure_forks  # noqa: E402,F401
import failure_habits  # noqa: E402,F401
import failure_media  # noqa: E402,F401
import failure_more_good  # noqa: E402,F401
import failure_more_ways  # noqa: E402,F401
import failure_other_ways  # noqa: E402,F401
import failure_practice  # noqa: E402,F401
import failure_refusals  # noqa: E402,F401
import failure_services  # noqa: E402,F401
import failure_silence  # noqa: E402,F401
import failure_switching  # noqa: E402,F401
import failure_transfers  # noqa: E402,F401
from failure_case import WAYS  # noqa: E402
from failure_flaws import PARTIAL  # noqa: E402
from failure_good import GOOD  # noqa: E402
from score import Truth  # noqa: E402
from watch import FLAWS, Watcher, _offset  # noqa: E402
from world import World  # noqa: E402


def _set_in_the_call(random, watchers, length):
    random.choice(watchers).steps.append((random.uniform(.3, .7) * length, random.choice([-1, 1]) * random.uniform(2,
        600)))


LOSSY = ('loss', 'loss and offset')
ANY = [name for name in FLAWS if 'bare' not in name and name != 'log of seconds']   # for good calls
USUAL = ('none', 'none', 'none', 'offset 50 ms', 'offset seconds', 'offset hours', 'drift', 'step', 'loss',
         'loss and offset', 'disorder', 'twice', 'edits', 'no clock', 'stamp is arrival', 'late link')
FLAWS.update({'offset seconds far': _offset(2, 20), 'set in the call': _set_in_the_call})
AT_A_TIME = 1000   # calls for one run of the program


REFUSALS = {'refused', 'overloaded', 'unknown_number', 'codec_mismatch'}


def went_well(message):
    """It shows that an INVITE was accepted."""
    return message.status // 100 == 2 and message.method == 'INVITE' or (
        not message.status and message.to_tag and message.method not in ('ACK', 'CANCEL', 'PRACK'))


class Played:
    """One call as its watchers saw it, with its case."""

    def __init__(self, name, case, truth, watchers, flaw):
        self.name, self.case, self.truth, self.flaw = name, case, truth, flaw
        self.chunks = [chunk for _, _, chunk in truth.chunks]
        self.clock_off = any(abs(w.offset) > .5 or w.steps or w.stamps != 'fine' or w.drift > 1e-3 or w.link
                             for w in watchers)
        self.lost_copies = any(w.loss or w.misses for w in watchers) and any(e.again for e in truth.events)
        seen = [truth.events[i].message for i in sorted(truth.times) if truth.events[i].message.method != 'ACK']
        self.ends_with_a_challenge = bool(seen) and seen[-1].status in (401, 407)   # whatever came then, nobody saw
        # Of a call that went well where nobody saw it a capture may show a refusal alone.
        self.shows_refusal_only = any(went_well(e.message) for e in truth.events) and not any(
            went_well(truth.events[i].message) for i in truth.times)
        if case.spoil:
            self.chunks = case.spoil(self.chunks)


def observers(rng, case):
    chosen = list(dict.fromkeys(case.witnesses)) or [rng.choice(case.witness)]
    others = [h for h in case.hosts if h not in chosen and h not in case.blind]
    rng.shuffle(others)
    chosen += others[:rng.randrange(0, max(1, min(4, len(case.hosts)) - len(chosen) + 1))]
    return [Watcher(rng, host, f'{host.endpoint.split(":")[0]}:9060') for host in chosen]


def make(name, function, seed, flaws=USUAL):
    """One call: always the same for the same arguments."""
    rng = random.Random(f'{name}/{function.__name__}/{seed}')
    for _ in range(300):
        world = World(rng)
        case = function(world)
        world.run()
        flaw = rng.choice([f for f in case.flaws or flaws if not (case.exact and f in LOSSY)])
        watchers = observers(rng, case)
        length = max((e.sent for e in world.events), default=1.0)
        FLAWS[flaw](rng, watchers, length)
        truth = Truth(world, watchers, f'{function.__name__}-{seed}')
        seen = [world.events[i] for i in truth.times]
        if truth.chunks and all(sum(bool(is_it(e)) for e in seen) >= least for is_it, least in case.proof):
            played = Played(f'{name}: {function.__name__}, {flaw}, seed {seed}', case, truth, watchers, flaw)
            if played.chunks:
                return played
    raise RuntimeError(f'{function.__name__}, seed {seed}: it never happens')


def analyzed(program, calls):
    done = subprocess.run([program, 'analyze'], input=json.dumps(calls), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f'{program} analyze: exit {done.returncode}: {done.stderr.strip()[:2000]}')
    return [one[0] if isinstance(one, list) else one for one in json.loads(done.stdout)]


def one_line(analysis):
    """The first finding, with its severity."""
    first = next(iter(analysis.get('findings', [])), None)
    return f'{first["code"]} ({first["severity"]})' if first else 'nothing'


def hosts_of(finding):
    return set(re.findall(r'\d+\.\d+\.\d+\.\d+', json.dumps(finding.get('host', ''))))


class Judgement:
    """What is right in an analysis."""

    def __init__(self, code, played, analysis):
        case, findings = played.case, analysis.get('findings', [])
        ignored = set(case.allowed) | ({'clock_off'} if played.clock_off else set())
        if played.lost_copies:   # a copy that was not reported looks as if it had not arrived
            ignored.add('lost_between')
        if played.ends_with_a_challenge:
            ignored.add('challenge_unanswered')
        if not case.first and played.shows_refusal_only:
            ignored |= REFUSALS
        self.told = [f['code'] for f in findings]
        heads = findings
        mildest = min((SEVERITY.get(f['severity'], 0) for f in findings if f['code'] in case.first), default=2)
        if mildest < 2:   # what is as mild may stand before it, if it is true
            heads = [f for f in findings if f['code'] in case.first or not (
                f['code'] in ignored | {'retransmissions'} or f['severity'] == 'info')]
        if not case.first:
            heads = [f for f in findings if f['severity'] != 'info'
                and f['code'] not in ignored | self.repeated(played)]
        self.first = not heads if not case.first else bool(heads) and heads[0]['code'] in case.first and (
            not case.severity or heads[0]['code'] != code or heads[0]['severity'] == case.severity)
        self.listed = code in self.told if code in case.first else any(one in case.first for one in self.told)
        self.host = not case.host or (self.first and hosts_of(heads[0]) == case.host)
        self.false = [f['code'] for f in findings if f['severity'] != 'info' and f['code'] not in
                      ignored | case.first | self.repeated(played)]

    @staticmethod
    def repeated(played):
        """Retransmissions may be told where something was sent again."""
        return {'retransmissions'} if any(e.again for e in played.truth.events) else set()


SEVERITY = {'info': 0, 'warning': 1, 'error': 2}


def course(played):
    """The call as text, as it happened: what nobody saw stands in brackets, `again` is a retransmission."""
    lines, names = [], {}
    for event in played.truth.events:
        seen = ''.join(sorted({names.setdefault(name, chr(97 + len(names))) for name in
                               played.truth.seen.get(event.index, ())}))
        text = (f'{event.sent:9.3f} {event.src.endpoint:>20} > {event.dst.endpoint:20} {event.message.label[:40]:40} '
                f'{event.message.c_seq:12} {event.message.leg:3}{" again" if event.again else ""}'
                f'{" LOST" if event.received is None else ""}')
        lines.append(f'{text} {seen}' if seen else f'{text} -')
    case = played.case
    return [f'--- {played.name}',
            f'    first {sorted(case.first)} host {sorted(case.host)} also {sorted(case.allowed)}',
            *lines, *(f'    {letter}  {name}' for name, letter in names.items())]


def show(played, analysis):
    print('\n'.join(course(played)))
    for finding in analysis.get('findings', []):
        print(f'    told: {finding["severity"]} {finding["code"]} host {finding.get("host")}: {finding["text"]}')
    print('    chunks:', json.dumps(played.chunks))


def flaws_of(options):
    if options.partial:
        return list(PARTIAL)
    return ANY if options.good else USUAL


def run(options, sources):
    """-> (rows by code, how many calls of which something false was told)"""
    rows, left = {}, options.show
    jobs = [(code, function, seed) for code, functions in sources.items() for function in functions
            for seed in range(options.seed, options.seed + options.each)]
    for at in range(0, len(jobs), AT_A_TIME):
        played = [make(*job, flaws_of(options)) for job in jobs[at:at + AT_A_TIME]]
        analyses = analyzed(options.program, [one.chunks for one in played])
        for (code, function, _), one, analysis in zip(jobs[at:], played, analyses):
            judgement = Judgement(code, one, analysis)
            name = f'  {function.__name__}' if options.ways else code
            row = rows.setdefault(name, {'n': 0, 'first': 0, 'host': 0, 'listed': 0, 'false': 0,
                                         'instead': collections.Counter()})
            row['n'] += 1
            row['first'] += judgement.first
            row['host'] += judgement.first and judgement.host
            row['listed'] += judgement.listed
            row['false'] += bool(judgement.false)
            wrong = not (judgement.first and judgement.host) or judgement.false
            if not judgement.first:
                row['instead'][one_line(analysis)] += 1
            for name in set(judgement.false):
                row['instead'][f'+{name}'] += 1
            if wrong and left > 0:
                left -= 1
                show(one, analysis)
    return rows


def report(rows):
    print(f'{"code":32} {"n":>6} {"first":>8} {"and host":>9} {"in list":>8} {"false":>7}  told instead (+: besides)')
    total = {'n': 0, 'first': 0, 'host': 0, 'listed': 0, 'false': 0, 'instead': collections.Counter()}
    for code, row in rows.items():
        for name, value in row.items():
            total[name] += value
        print_row(code, row)
    print_row('all', total)
    return total


def print_row(code, row):
    part = [100 * row[name] / max(1, row['n']) for name in ('first', 'host', 'listed', 'false')]
    instead = ', '.join(f'{name} {n}' for name, n in row['instead'].most_common(4))
    print(f'{code:32} {row["n"]:6} {part[0]:7.2f}% {part[1]:8.2f}% {part[2]:7.2f}% {part[3]:6.2f}%  {instead}')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--program', default=os.environ.get('CALL_INSPECTOR_PROGRAM', 'build/release/call_inspector'))
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--each', type=int, default=10, help='calls of each way in which a finding arises')
    parser.add_argument('--code', action='append', choices=sorted([*WAYS, *GOOD]))
    parser.add_argument('--ways', action='store_true', help='a row for each way in which a finding arises')
    parser.add_argument('--good', action='store_true')
    parser.add_argument('--partial', action='store_true', help='only captures that see a part of the call')
    parser.add_argument('--show', type=int, default=0, metavar='K', help='show so many calls that come out wrong')
    parser.add_argument('--play', action='store_true')
    options = parser.parse_args()
    if options.good:
        sources = {name: [GOOD[name]] for name in options.code or GOOD}
    else:
        sources = {code: WAYS[code] for code in options.code or WAYS}
    if options.play:
        for code, functions in sources.items():
            for function in functions:
                for seed in range(options.seed, options.seed + options.each):
                    print('\n'.join(course(make(code, function, seed, flaws_of(options)))))
        return
    report(run(options, sources))


if __name__ == '__main__':
    main()
