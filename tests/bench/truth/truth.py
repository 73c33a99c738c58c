#!/usr/bin/python3
"""Dialogues of which the truth is known, put in order by a program, and scored.

    truth.py [--program 'build/release/call_inspector order'] [--seed N] [--each N] [--flaw NAME] [--play NAME]

A program reads a JSON array of dialogues, each an array of chunks, and writes them back in order. `--method stamp` or
`--method arrival` sorts here instead, as other collectors do. `--show` tells what is wrong with each dialogue.
A dialogue that is wrong is undecidable if the order that was answered makes the same chunks (possible.py).
"""
import argparse
import json
import os
import random
import shlex
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plays  # noqa: E402
from possible import possible  # noqa: E402
from score import Truth, score  # noqa: E402
from watch import FLAWS, Watcher  # noqa: E402
from world import World  # noqa: E402


def make(play, flaw, seed):
    """One dialogue: always the same for the same arguments."""
    rng = random.Random(f'{play}/{flaw}/{seed}')
    while True:
        world = World(rng)
        path = plays.ALL[play](world)
        world.run()
        length = max((e.sent for e in world.events), default=1.0)
        count = rng.randrange(1, min(4, len(path.hosts)) + 1)
        if flaw not in ('none', 'step', 'disorder', 'twice', 'no clock', 'stamp is arrival', 'loss') and count == 1:
            count = min(2, len(path.hosts))
        hosts = [path.proxies[0]]
        rest = [h for h in path.hosts if h not in hosts]
        rng.shuffle(rest)
        hosts += rest[:count - 1]
        if flaw == 'apart':
            hosts = [path.caller, path.callee]
        watchers = [Watcher(rng, host, f'{host.endpoint.split(":")[0]}:9060') for host in hosts]
        FLAWS[flaw](rng, watchers, length)
        truth = Truth(world, watchers, f'{play}-{seed}')
        if truth.chunks:
            return truth


def by_program(command, dialogues):
    done = subprocess.run(shlex.split(command), input=json.dumps(dialogues), capture_output=True, text=True,
        check=False)
    if done.returncode != 0:
        sys.exit(f'{command}: exit {done.returncode}: {done.stderr.strip()}')
    return json.loads(done.stdout)


def by_sort(member, dialogues):
    """What others do: sort by one time, drop messages that are equal."""
    answers = []
    for chunks in dialogues:
        seen, answer = set(), []
        for chunk in sorted(chunks, key=lambda c: float(c.get(member) or 0)):
            text = json.dumps([chunk[m] for m in ('label', 'src', 'dst')] + [chunk.get('c_seq'), chunk.get('raw')])
            if text not in seen:
                seen.add(text)
                answer.append(chunk)
        answers.append(answer)
    return answers


def report(rows, title):
    print(f'{title:18} {"dialogues":>9} {"exact":>9} {"causal inv.":>12} {"pairs inv.":>11} {"doubles":>8} {"lost":>6} '
          f'{"undecidable":>12} {"exact of the others":>20}')
    for name, row in rows:
        known = row['dialogues'] - row['undecidable']
        print(f'{name:18} {row["dialogues"]:9} {100 * row["exact"] / row["dialogues"]:8.2f}% {row["causal"]:12} '
              f'{100 * row["inverted"] / max(1, row["pairs"]):10.3f}% {row["double"]:8} {row["lost"]:6} '
              f'{row["undecidable"]:12} {100 * row["exact"] / max(1, known):19.2f}%')


def add(total, one):
    for name, value in one.items():
        if name != 'wrong':
            total[name] = total.get(name, 0) + value


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--program', default='build/release/call_inspector order')
    parser.add_argument('--method', choices=['stamp', 'arrival'])
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--each', type=int, default=5, help='dialogues of each play with each flaw')
    parser.add_argument('--flaw', action='append', choices=FLAWS)
    parser.add_argument('--play', action='append', choices=plays.ALL)
    parser.add_argument('--show', action='store_true')
    parser.add_argument('--dump', help='write the first dialogue that is wrong to this file')
    options = parser.parse_args()

    by_flaw, by_play, total, dumped = {}, {}, {}, False
    for flaw in options.flaw or FLAWS:
        made = [(play, seed, make(play, flaw, seed)) for play in options.play or plays.ALL
                for seed in range(options.seed, options.seed + options.each)]
        dialogues = [[c for _, _, c in t.chunks] for _, _, t in made]
        shuffled = [random.Random(i).sample(d, len(d)) for i, d in enumerate(dialogues)]
        if options.method:
            answers = by_sort('timestamp' if options.method == 'stamp' else 'ref_timestamp', shuffled)
        else:
            answers = by_program(options.program, shuffled)
        for (play, seed, truth), answer, chunks in zip(made, answers, dialogues):
            result = score(truth, answer)
            result['undecidable'] = int(bool(result['wrong']) and not options.method and possible(truth, answer, flaw))
            for total_of in (by_flaw.setdefault(flaw, {}), by_play.setdefault(play, {}), total):
                add(total_of, result)
            if result['wrong'] and options.show:
                show(play, flaw, seed, truth, result)
            if result['wrong'] and options.dump and not dumped:
                dumped = True
                with open(options.dump, 'w', encoding='utf-8') as file:
                    json.dump(chunks, file)
    report(by_play.items(), 'play')
    print()
    report(by_flaw.items(), 'flaw')
    print()
    report([('all', total)], '')


def show(play, flaw, seed, truth, result):
    print(f'--- {play}, {flaw}, seed {seed}' + (', undecidable' if result['undecidable'] else ''))
    for what, *events in result['wrong'][:4]:
        print(' ', what)
        for i in events:
            e = truth.events[i]
            seen = [f'{c["parser"].split(":")[0]}@{a - 1_790_000_000:.4f}' for a, n, c in truth.chunks if n == i]
            print(f'    {i} {truth.times[i]:.4f} {e.message.label[:30]} ({e.message.c_seq}) '
                  f'{e.src.endpoint} > {e.dst.endpoint}{" again" if e.again else ""} {seen}')


if __name__ == '__main__':
    main()
