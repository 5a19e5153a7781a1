"""Tokens and their hashes: the bottom of game/people/access.py, apart so that the models can use it."""

import secrets
from hashlib import sha256


def new_token() -> str:
    """128 random bits that fit in an address."""
    return secrets.token_urlsafe(16)


def hashed(token: str) -> str:
    """What is stored of a token: who reads the database cannot open a link with it."""
    return sha256(token.encode()).hexdigest()
