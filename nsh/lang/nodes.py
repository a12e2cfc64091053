"""Nodes of a parse on their way into a tree: tokens, and what the builder made below."""

from typing import Any, TypeAlias, cast

from lark import Token

from nsh.lang import tree
from nsh.lang.source import Span

Node: TypeAlias = Any
"""A token, or what a method of the builder returned: the grammar says which may come where."""


def is_token(node: Node, *types: str) -> bool:
    """Whether *node* is a token of one of these *types*."""
    return isinstance(node, Token) and node.type in types


def span_of(node: Node) -> Span:
    """Where *node* stands."""
    if isinstance(node, Token):
        return Span(cast(int, node.start_pos), cast(int, node.end_pos))
    span: Span = node.body.span if type(node) is tree.Substitution else node.span
    return span


def around(children: list[Node]) -> Span:
    """From the start of the first child to the end of the last."""
    return Span(span_of(children[0]).start, span_of(children[-1]).end)
