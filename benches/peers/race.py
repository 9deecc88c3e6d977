"""Runs programs of several languages in turns, and prints one table.

Each program tells the names of its contestants, then runs the one it is told to for a moment. One
runs at a time, each round begins with another one, and what is compared is the times within a
round: what else the machine does hits all of them alike.
"""

import argparse
import statistics
import subprocess

MOMENT = 10_000_000  # nanoseconds

arguments = argparse.ArgumentParser()
arguments.add_argument("--rounds", type=int, default=101)
arguments.add_argument("programs", nargs="+", help="the first contestant of the first is 1.00")
arguments = arguments.parse_args()

contestants = []
for command in arguments.programs:
    program = subprocess.Popen(
        command.split(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    index = 0
    while name := program.stdout.readline().strip():
        contestants.append((name, program, index))
        index += 1
    assert index, f"{command} has nothing to say"


def run(program, index):
    program.stdin.write(f"{index} {MOMENT}\n")
    program.stdin.flush()
    return float(program.stdout.readline())


times = [[] for _ in contestants]
WARM_UP = 5
for round in range(-WARM_UP, arguments.rounds):
    for turn in range(len(contestants)):
        number = (round + turn) % len(contestants)
        _, program, index = contestants[number]
        each = run(program, index)
        if round >= 0:
            times[number].append(each)

print("| library | ratio to the signature alone | middle half | median µs |")
print("|---|---|---|---|")
for (name, program, _), own in zip(contestants, times):
    ratios = [time / first for time, first in zip(own, times[0])]
    low, middle, high = statistics.quantiles(ratios, n=4)
    print(f"| {name} | {middle:.3f} | {low:.3f} to {high:.3f} | {statistics.median(own) / 1000:.1f} |")
for _, program, _ in contestants:
    program.stdin.close()
