"""Tags known in every template that make pages cheaper: ``url`` as Django's own, ``again`` and ``still``."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as djangos_url
from django.urls import NoReverseMatch
from django.utils.html import conditional_escape
from django.utils.translation import get_language

from tenure.desk.kit.addresses import address

register = template.Library()


class _Address(URLNode):
    def render(self, context: Context) -> str:
        named = {name: one.resolve(context) for name, one in self.kwargs.items()}
        try:
            found = address(self.view_name.resolve(context), [one.resolve(context) for one in self.args], named)
        except NoReverseMatch:
            if self.asvar is None:
                raise
            found = ""
        if self.asvar:
            context[self.asvar] = found
            return ""
        return conditional_escape(found) if context.autoescape else found


@register.tag
def url(parser: Parser, token: Token) -> Node:
    """``{% url … %}`` as Django has it, made by :func:`tenure.desk.kit.addresses.address`."""
    node = djangos_url(parser, token)
    return _Address(node.view_name, node.args, node.kwargs, node.asvar)


class _Again(Node):
    def __init__(self, name: FilterExpression) -> None:
        self.name = name

    def render(self, context: Context) -> str:
        name = self.name.resolve(context)
        kept: dict[str, str] = context.render_context.dicts[0].setdefault("_again", {})  # of the whole page
        if name not in kept:
            kept[name] = context.template.engine.get_template(name).render(context)
        return kept[name]


@register.tag
def again(parser: Parser, token: Token) -> Node:
    """``{% again "a/part.html" %}``: as ``include``, for what stands on a page more than once: made the first time."""
    _, name = token.split_contents()
    return _Again(parser.compile_filter(name))


class _Still(Node):
    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        self.kept: dict[str, str] = {}

    def render(self, context: Context) -> str:
        language = get_language() or ""
        if language not in self.kept:
            bare: Any = Context()
            with bare.bind_template(context.template):
                self.kept[language] = self.nodelist.render(bare)
        return self.kept[language]


@register.tag
def still(parser: Parser, token: Token) -> Node:
    """``{% still %}…{% endstill %}``: what is the same on every page in a language: made once per process.

    It knows nothing of the page it stands on: what names a variable in it finds none.
    """
    nodelist = parser.parse(("endstill",))
    parser.delete_first_token()
    return _Still(nodelist)
