"""A label that explains itself: {% term "gross" %}Gross{% endterm %}. What it means comes with the page (templates/cards/terms.html)."""

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


class _Term(Node):
    def __init__(self, term: FilterExpression, label: NodeList) -> None:
        self.term, self.nodelist = term, label

    def render(self, context: Context) -> SafeString:
        return format_html(
            '<button type="button" class="term" data-term="{}">{}</button>', self.term.resolve(context), self.nodelist.render(context)
        )


@register.tag("term")
def term_tag(parser: Parser, token: Token) -> Node:
    """The label between the tags, with its term's id."""
    _, name = token.split_contents()
    label = parser.parse(("endterm",))
    parser.delete_first_token()
    return _Term(parser.compile_filter(name), label)
