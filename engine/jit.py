"""How kernels are compiled, cached, and made to run as plain Python.

numba's cache key looks only at the file of the outermost function, so an edit to `book.py` would leave a
compiled `market.py` running old code. The cache therefore lives in a folder named after a hash of every file
that a kernel can see; old folders are simply never read again.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

HERE = Path(__file__).parent
Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def source_hash() -> str:
    """SHA-256 over the files that kernels live in or see, in name order: 64 hex characters.

    Those are the market's and the ones beside the rooms (`test_tidy` keeps kernels there): a lever or a text changes none of the machine
    code, and need not have it compiled again.
    """
    sha = hashlib.sha256()
    for path in sorted([*HERE.glob("*.py"), *(HERE / "market").glob("*.py")]):
        sha.update(path.relative_to(HERE).as_posix().encode())
        sha.update(path.read_bytes())
    return sha.hexdigest()


def _cache_folder(key: str) -> str:
    """First writable place for compiled kernels: OPENING_BELL_CACHE, beside the project, the temporary folder.

    Raises RuntimeError naming every place tried when none is writable.
    """
    named = os.environ.get("OPENING_BELL_CACHE")
    places = [Path(named)] if named else [HERE.parent / ".local", Path(tempfile.gettempdir()) / f"opening-bell-{os.getuid()}"]
    for place in places:
        folder = place / "kernels" / key[:16]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            probe = folder / f".probe-{os.getpid()}"
            probe.touch()
            probe.unlink()
        except OSError:
            continue
        return str(folder)
    tried = ", ".join(str(place) for place in places)
    raise RuntimeError(f"no writable folder for compiled kernels (tried {tried}): make one writable or set OPENING_BELL_CACHE")


SOURCE = source_hash()
os.environ["NUMBA_CACHE_DIR"] = _cache_folder(SOURCE)
os.environ.setdefault("NUMBA_LOOP_VECTORIZE", "0")  # books are linked lists: these passes gain nothing and take a sixth of the compiler's time

import numba  # noqa: E402  (the folder must be named before numba is imported)

setattr(numba.config, "CACHE_DIR", os.environ["NUMBA_CACHE_DIR"])  # noqa: B010  (its attributes are made at run time)
COMPILED = not getattr(numba.config, "DISABLE_JIT")  # noqa: B009


# No kernel allocates, so reference counting is off (`_nrt`): counting every view of every array is what would take nine tenths of
# the time, and most of the compiler's.
_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False, "no_cfunc_wrapper": True}


def _widened(kind: Any) -> Any:
    """Type in which an argument reaches a callee: constants and narrow signed integers as 64 bits, which arithmetic makes of them anyway."""
    plain = getattr(kind, "literal_type", kind)
    return numba.types.int64 if plain in numba.types.signed_domain else plain


def _typed_once(compiled: Any) -> Any:
    """Compile one version for all callers: numba makes one per literal and integer width, a quarter of the compiler's time."""
    if COMPILED:
        template = compiled.get_call_template
        compiled.get_call_template = lambda args, kws: template(tuple(_widened(kind) for kind in args), kws)
    return compiled


def kernel(function: Kernel) -> Kernel:
    """Compile an entry point: cached, without the interpreter lock, C division."""
    compiled: Kernel = _typed_once(numba.njit(**_OPTIONS)(function))
    return compiled


def piece(function: Kernel) -> Kernel:
    """Compile a small part that is inlined where it is called; in compiled form it cannot be called from Python."""
    options = _OPTIONS | {"cache": False, "forceinline": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    compiled: Kernel = _typed_once(numba.njit(**options)(function))
    return compiled
