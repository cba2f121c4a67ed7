"""Makes src/reference-relative.json: the log factor of one block of the comparison with stable, to 60 digits, rounded to 20.

    apt-get install python3-mpmath
    nice /usr/bin/python3 libs/analysis/reference/generate_relative.py
    npx prettier --write libs/analysis/src/reference-relative.json

The nearest point of the null is found by minimising the divergence itself, by bisection of its derivative, and the
likelihood ratio is summed as it is defined: nothing is shared with the method under test.
"""

import itertools
import json
from pathlib import Path

import mpmath as mp

mp.mp.dps = 60
BISECTIONS = 220  # 2^-220 of the gap is under 60 digits
TARGET = Path(__file__).parent.parent / "src" / "reference-relative.json"


def nearest(stable_rate, canary_rate, stable_trials, canary_trials, margin):
    """The x that minimises n_a KL(stable_rate, x) + n_b KL(canary_rate, x + margin)."""

    def slope(x):
        y = x + margin
        return stable_trials * (x - stable_rate) / (x * (1 - x)) + canary_trials * (y - canary_rate) / (y * (1 - y))

    low, high = stable_rate, canary_rate - margin
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        if slope(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def log_likelihood(trials, failures, rate):
    return failures * mp.log(rate) + (trials - failures) * mp.log(1 - rate)


def log_factor(seen, block, margin, a, b):
    margin, a, b = mp.mpf(margin), mp.mpf(a), mp.mpf(b)
    (seen_canary, seen_stable), (canary, stable) = seen, block
    rates = [(a + failures) / (a + b + trials) for trials, failures in (seen_stable, seen_canary)]
    stable_rate, canary_rate = rates
    if canary_rate - margin <= stable_rate:
        return mp.mpf(0)
    x = nearest(stable_rate, canary_rate, stable[0], canary[0], margin)
    return (
        log_likelihood(*stable, stable_rate)
        - log_likelihood(*stable, x)
        + log_likelihood(*canary, canary_rate)
        - log_likelihood(*canary, x + margin)
    )


def count(trials, rate):
    return trials, min(trials, round(trials * rate))


def grid():
    priors = [(0.18, 0.18), (0.25, 3.0), (1.0, 1.0)]
    # What had been seen, the rate stable then has, and the rate the canary then has.
    history = [((20, 0.1), (400, 0.0)), ((1000, 0.03), (19_000, 0.002)), ((1e6, 0.012), (2e7, 0.004)), ((1e9, 0.02), (1e9, 0.01))]
    rates = [(0.0, 0.0), (0.002, 0.02), (0.01, 0.012), (0.3, 0.3), (0.01, 0.9), (1.0, 1.0)]
    sizes = [(1, 1), (5, 95), (50, 950), (1, 1_000_000_000), (1_000_000_000, 1), (1_000_000, 19_000_000), (10**9, 10**9)]
    margins = [0.0, 0.0005, 0.005, 0.03]
    chosen = itertools.product(history, sizes, rates)
    for index, ((seen_canary, seen_stable), (canaries, stables), (stable_rate, canary_rate)) in enumerate(chosen):
        a, b = priors[index % len(priors)]
        seen = (count(int(seen_canary[0]), seen_canary[1]), count(int(seen_stable[0]), seen_stable[1]))
        yield seen, (count(canaries, canary_rate), count(stables, stable_rate)), margins[index % len(margins)], a, b


def tally(pair):
    return {"trials": pair[0], "failures": pair[1]}


def main():
    cases = []
    for seen, block, margin, a, b in grid():
        cases.append(
            {
                "seen": {"canary": tally(seen[0]), "stable": tally(seen[1])},
                "block": {"canary": tally(block[0]), "stable": tally(block[1])},
                "margin": margin,
                "a": a,
                "b": b,
                "logFactor": mp.nstr(log_factor(seen, block, margin, a, b), 20),
            }
        )
    made = "libs/analysis/reference/generate_relative.py with mpmath at 60 digits; natural logarithms"
    TARGET.write_text(json.dumps({"made": made, "cases": cases}))


if __name__ == "__main__":
    main()
