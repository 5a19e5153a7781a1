"""Random numbers keyed by what they decide, never by how many came before.

A draw is the SplitMix64 finaliser (Steele, Lea, Flood 2014) of (seed, stream, a, b). Stopping a server
therefore changes no coin that the market tosses. Inside a kernel a key is made once for (seed, stream,
symbol, step) and a counter runs within the step only.
"""

from decimal import Decimal, localcontext

import numpy as np
import numpy.typing as npt

from engine.jit import piece

# Streams: one for each thing that chance decides.
FUNDAMENTAL, MAKERS, TAKERS, JUMPS, ROUTER, PARENT_ORDERS, FLEET, EVIDENCE, CLIENTS = range(1, 10)
BIDS = 10  # of the evening: no kernel draws from it
HOLES = 11  # of controls that were built in the week: nor from this
FAULTS = 12  # what is wrong on a morning: nor from this
BROKERS, EXCHANGES = 13, 14  # of client orders, by their number: nor from these
CAUSES = 15  # the order in which they are listed: nor from this
SECOND_ACTS = 16  # what comes beside it: nor from this

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
_A, _B = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB

_U_GOLDEN, _U_A, _U_B = np.uint64(GOLDEN), np.uint64(_A), np.uint64(_B)
_U30, _U27, _U31 = np.uint64(30), np.uint64(27), np.uint64(31)

_PI = Decimal("3.141592653589793238462643383280")
EXP_BITS = 12
EXP_UNIT_BITS = 16


def _finalise(z: int) -> int:
    z = ((z ^ (z >> 30)) * _A) & MASK
    z = ((z ^ (z >> 27)) * _B) & MASK
    return z ^ (z >> 31)


def draw(seed: int, stream: int, a: int, b: int = 0) -> int:
    """Uniform 64-bit integer for the key (seed, stream, a, b)."""
    z = _finalise((seed * GOLDEN + stream) & MASK)
    z = _finalise((z + a * GOLDEN) & MASK)
    return _finalise((z + (b + 1) * GOLDEN) & MASK)


def below(seed: int, stream: int, a: int, b: int, n: int) -> int:
    """Uniform integer in [0, n) for the key."""
    return (draw(seed, stream, a, b) >> 32) * n >> 32


def stream_key(seed: int, stream: int) -> np.uint64:
    """What a kernel starts from for one (seed, stream)."""
    return np.uint64(_finalise((seed * GOLDEN + stream) & MASK))


@piece
def finalise(z: np.uint64) -> np.uint64:
    """SplitMix64's finaliser on a machine word."""
    z = (z ^ (z >> _U30)) * _U_A
    z = (z ^ (z >> _U27)) * _U_B
    return z ^ (z >> _U31)


@piece
def key_of(stream: np.uint64, symbol: int, step: int) -> np.uint64:
    """Key of (stream, symbol, step): symbols are independent of each other and of the order they are run in."""
    return finalise(stream + np.uint64((np.int64(symbol) << 32) + step + 1) * _U_GOLDEN)


@piece
def nth(key: np.uint64, n: int) -> np.uint64:
    """The n-th draw under a key."""
    return finalise(key + np.uint64(n + 1) * _U_GOLDEN)


def exponential_table() -> npt.NDArray[np.int64]:
    """-ln(1-u) at the middle of 2^12 equal cells of u, in 1/65,536: shape (4096,), mean 65,536 to within 0.02 %.

    Made with decimal arithmetic, so that no platform's libm is on the path of a replay.
    """
    cells = 1 << EXP_BITS
    with localcontext() as context:
        context.prec = 30
        values = [
            int((-(Decimal(2 * i + 1) / (2 * cells)).ln() * (1 << EXP_UNIT_BITS)).to_integral_value())
            for i in range(cells)
        ]
    return np.array(values[::-1], dtype=np.int64)


def normal_quantiles(cells: int) -> list[Decimal]:
    """Standard normal quantiles at the middle of equal cells, by Newton on the distribution's series; no libm. `cells` is even."""
    with localcontext() as context:
        context.prec = 30
        root = (2 * _PI).sqrt()
        upper, x = [], Decimal(0)
        for i in range(cells // 2):
            goal = (Decimal(2 * i + 1) / (2 * cells)) * root  # area between 0 and x, times sqrt(2 pi)
            for _ in range(8):
                density = (-x * x / 2).exp()
                term = total = x
                k = 1
                while abs(term) > Decimal("1e-20"):
                    k += 2
                    term = term * x * x / k
                    total += term
                step = (total * density - goal) / density
                x -= step
                if abs(step) < Decimal("1e-12"):
                    break
            upper.append(x)
        return [-x for x in reversed(upper)] + upper


def draws(seed: int, stream: int, a: int, n: int) -> npt.NDArray[np.uint64]:
    """The same as `draw` for b = 0 .. n-1: shape (n,)."""
    key = np.uint64(_finalise((_finalise((seed * GOLDEN + stream) & MASK) + a * GOLDEN) & MASK))
    with np.errstate(over="ignore"):
        z = key + np.arange(1, n + 1, dtype=np.uint64) * _U_GOLDEN
        z = (z ^ (z >> _U30)) * _U_A
        z = (z ^ (z >> _U27)) * _U_B
        return np.asarray(z ^ (z >> _U31))


def scaled(words: npt.NDArray[np.uint64], n: int) -> npt.NDArray[np.int64]:
    """Uniform integers in [0, n) from 64-bit words, n below 2^31."""
    return np.asarray((words >> np.uint64(32)) * np.uint64(n) >> np.uint64(32)).astype(np.int64)
