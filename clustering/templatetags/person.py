"""Every form says whose it is, beside its CSRF token: built into all templates, those of the admin as well."""

from __future__ import annotations

from django import template
from django.template import Context
from django.template.base import Parser, Token
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from clustering.accounts.kept_forms import PERSON_FIELD

register = template.Library()


class PersonalTokenNode(CsrfTokenNode):
    """Django's own, and the account that the page was made for."""

    def render(self, context: Context) -> SafeString | str:
        """Two hidden fields, which say whether the page answers a form; the token alone where nobody is signed in."""
        token: SafeString | str = super().render(context)
        user = getattr(context.get("request"), "user", None)
        if not token or user is None or not user.is_authenticated:
            return token
        answer = mark_safe(" data-answer") if context["request"].method == "POST" else ""
        return format_html('{}<input type="hidden" name="{}" value="{}"{}>', token, PERSON_FIELD, user.pk, answer)


@register.tag
def csrf_token(parser: Parser, token: Token) -> PersonalTokenNode:
    """In place of Django's."""
    return PersonalTokenNode()
