"""How kernels are compiled, cached, and made to run as plain Python.

Until the first of them is called, none is compiled and numba is not even read: a process that only shows what others computed has no
need of it, and starts a second earlier without.

numba's cache key looks only at the file of the outermost function, so an edit to `book.py` would leave a
compiled `market.py` running old code. The cache therefore lives in a folder named after a hash of every file
that a kernel can see; old folders are simply never read again.
"""

import functools
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

HERE = Path(__file__).parent
COMPILED = not int(os.environ.get("NUMBA_DISABLE_JIT") or 0)
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
_keys = [SOURCE]  # the last is that of the kernels which are marked now


@contextmanager
def keyed(code: str) -> Iterator[None]:
    """Kernels that are marked meanwhile are a scenario's own: their cache lies under a hash of its module's source (`code`) too."""
    _keys.append(hashlib.sha256(f"{SOURCE} {code}".encode()).hexdigest())
    try:
        yield
    finally:
        _keys.pop()


def compiled() -> bool:
    """Whether every kernel of this source is kept already. Where another processor compiled them some may not be its, and are made anew."""
    return not COMPILED or _complete().exists()


def all_compiled() -> None:
    """Note that every kernel has been compiled and kept."""
    if COMPILED:
        _complete().touch()


def _complete() -> Path:
    return Path(_cache_folder(SOURCE), "complete")


# No kernel allocates, so reference counting is off (`_nrt`): counting every view of every array is what would take nine tenths of
# the time, and most of the compiler's.
_KERNEL: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False, "no_cfunc_wrapper": True}
_PIECE = _KERNEL | {"cache": False, "forceinline": True, "no_cpython_wrapper": True}

_waiting: "list[_Uncompiled]" = []
_numba: Any = None  # the module, once a kernel was called


class _Uncompiled:
    """A kernel before any was called; calling it gives all of them to numba."""

    def __init__(self, function: Callable[..., Any], options: dict[str, Any], key: str) -> None:
        functools.update_wrapper(self, function)
        self.function, self.options, self.key = function, options, key
        self.compiled: Any = None

    def __call__(self, *arguments: Any) -> Any:
        if self.compiled is None:
            _link()
        return self.compiled(*arguments)


def _link() -> None:
    """Read numba, and put its functions in the place of every name of theirs: it knows callees by what their module holds. Threads that
    come here at once do the same twice.
    """
    global _numba
    os.environ["NUMBA_CACHE_DIR"] = _cache_folder(SOURCE)
    os.environ.setdefault("NUMBA_LOOP_VECTORIZE", "0")  # books are linked lists: these passes gain nothing and take a sixth of the compiler's time
    import numba

    _numba = numba
    for one in _waiting:
        one.compiled = one.compiled or _compiler(one.function, one.options, one.key)
    for one in _waiting:
        names = one.function.__globals__
        names |= {name: value.compiled for name, value in names.items() if isinstance(value, _Uncompiled)}


def _compiler(function: Callable[..., Any], options: dict[str, Any], key: str) -> Any:
    """What numba makes of it. One version for all callers: it would make one per literal and integer width, a quarter of its time."""
    setattr(_numba.config, "CACHE_DIR", _cache_folder(key))  # noqa: B010  (its attributes are made at run time)
    made = _numba.njit(**options)(function)
    if COMPILED:
        template = made.get_call_template
        made.get_call_template = lambda args, kws: template(tuple(_widened(kind) for kind in args), kws)
    return made


def _widened(kind: Any) -> Any:
    """Type in which an argument reaches a callee: constants and narrow signed integers as 64 bits, which arithmetic makes of them anyway."""
    plain = getattr(kind, "literal_type", kind)
    return _numba.types.int64 if plain in _numba.types.signed_domain else plain


def _marked(function: Any, options: dict[str, Any]) -> Any:
    if _numba is not None:
        return _compiler(function, options, _keys[-1])
    _waiting.append(one := _Uncompiled(function, options, _keys[-1]))
    return one


def kernel(function: Kernel) -> Kernel:
    """Compile an entry point, at the first call of any: cached, without the interpreter lock, C division."""
    marked: Kernel = _marked(function, _KERNEL)
    return marked


def piece(function: Kernel) -> Kernel:
    """Compile a small part that is inlined where it is called; in compiled form it cannot be called from Python."""
    marked: Kernel = _marked(function, _PIECE)
    return marked
