"""Parts of addresses, of pages and sockets alike."""

from django.urls import register_converter
from django.urls.converters import IntConverter, StringConverter


class CodeConverter(StringConverter):
    """An exercise's code, which a one-time link's token never is."""

    regex = "[0-9A-Za-z]{2}-[0-9A-Za-z]{3}"


class NumberConverter(IntConverter):
    """A row's number. No longer than a database's integer: a larger one would be the database's error, not an address that does not exist."""

    regex = "[0-9]{1,18}"


register_converter(CodeConverter, "code")
register_converter(NumberConverter, "number")
