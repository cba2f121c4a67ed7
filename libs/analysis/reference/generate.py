"""Makes src/reference-evidence.json: log evidence of both tests to 60 digits, rounded to 20.

    apt-get install python3-mpmath
    nice /usr/bin/python3 libs/analysis/reference/generate.py   (some minutes)
    npx prettier --write libs/analysis/src/reference-evidence.json

The integrals of the definition are summed directly, in the logit of the rate, so that nothing is shared with the
method under test. Up to CHECKED_TRIALS they are compared with a hypergeometric series.
"""

import json
from pathlib import Path

import mpmath as mp

mp.mp.dps = 60
NEGLIGIBLE = -160  # e^-160 of the peak is under 60 digits
PANELS = 24
CHECKED_TRIALS = 10_000
TARGET = Path(__file__).parent.parent / "src" / "reference-evidence.json"


def log_integral(a, b, cut, upper):
    """log of the integral of q^(a-1) (1-q)^(b-1) over (cut,1), or over (0,cut)."""

    def height(u):
        return -a * mp.log1p(mp.exp(-u)) - b * mp.log1p(mp.exp(u))

    start = mp.log(cut / (1 - cut))
    mode = mp.log(a / b)
    peak = max(start, mode) if upper else min(start, mode)
    top = height(peak)

    def wall(sign):
        far = mp.mpf("1e-12")
        while height(peak + sign * far) - top > NEGLIGIBLE:
            far *= 2
        near = far / 2
        for _ in range(8):
            middle = (near + far) / 2
            if height(peak + sign * middle) - top > NEGLIGIBLE:
                near = middle
            else:
                far = middle
        return peak + sign * far

    left = max(start, wall(-1)) if upper else wall(-1)
    right = wall(1) if upper else min(start, wall(1))
    total = mp.mpf(0)
    for low, high in ((left, peak), (peak, right)):
        if low < high:
            panels = [low + (high - low) * i / PANELS for i in range(PANELS + 1)]
            total += mp.quad(lambda u: mp.exp(height(u) - top), panels)
    return mp.log(total) + top


def log_integral_by_series(a, b, cut, upper):
    """The same by a hypergeometric series whose terms are all positive."""
    if upper:
        a, b, cut = b, a, 1 - cut
    series = mp.hyp2f1(1, a + b, a + 1, cut, maxterms=10**7)
    return a * mp.log(cut) + b * mp.log(1 - cut) - mp.log(a) + mp.log(series)


def log_evidence(trials, failures, null_rate, a, b, upper):
    p0, a, b = mp.mpf(null_rate), mp.mpf(a), mp.mpf(b)
    passes = trials - failures
    posterior = log_integral(a + failures, b + passes, p0, upper)
    if trials <= CHECKED_TRIALS:
        known = log_integral_by_series(a + failures, b + passes, p0, upper)
        assert mp.almosteq(posterior, known, mp.mpf("1e-30")), (trials, failures, null_rate, a, b, upper)
    prior = log_integral_by_series(a, b, p0, upper)
    return posterior - prior - failures * mp.log(p0) - passes * mp.log(1 - p0)


def grid():
    priors = [(0.25, 3.0), (0.5, 1.0), (1.0, 1.0), (20.0, 2.0), (0.1, 0.1)]
    seen = set()
    for trials in (1, 10, 812, 10_000, 1_000_000, 1_000_000_000):
        for null_rate in (0.0001, 0.01, 0.05, 0.5, 0.99):
            spread = (trials * null_rate * (1 - null_rate)) ** 0.5
            near = [round(trials * null_rate + z * spread) for z in (-30, -3, 0, 3, 30)]
            for failures in [0, trials, trials // 10, trials // 2, *near]:
                if 0 <= failures <= trials and (trials, failures, null_rate) not in seen:
                    a, b = priors[len(seen) % len(priors)]
                    seen.add((trials, failures, null_rate))
                    yield trials, failures, null_rate, a, b
    # Rates next to 0 and 1, where a prior parameter of no round value must survive next to a billion trials.
    for null_rate, rare in ((1e-8, False), (1 - 1e-8, True)):
        for count in (0, 1, 10, 40, 1000):
            yield 1_000_000_000, 1_000_000_000 - count if rare else count, null_rate, 0.3, 1.7


def main():
    cases = []
    for trials, failures, null_rate, a, b in grid():
        case = {"trials": trials, "failures": failures, "nullRate": null_rate, "a": a, "b": b}
        for name, upper in (("breach", True), ("health", False)):
            case[name] = mp.nstr(log_evidence(trials, failures, null_rate, a, b, upper), 20)
        cases.append(case)
    made = "libs/analysis/reference/generate.py with mpmath at 60 digits; evidence is a natural logarithm"
    TARGET.write_text(json.dumps({"made": made, "cases": cases}))


if __name__ == "__main__":
    main()
