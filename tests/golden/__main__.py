"""Play every log and write what comes of it."""

from tests.golden import NAMES, path, write

for name in NAMES:
    print(f"{path(name)}: {'written anew' if write(name) else 'as it was'}")
