"""The bridge from allauth's pages, which are Django templates, to our layout and components, which are Jinja2."""

from typing import Any

from django import template
from django.contrib.messages import get_messages
from django.forms import BaseForm
from django.template import Context, Node, NodeList, engines
from django.template.base import Parser, Token
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


class Frame(Node):
    """What stands between ``{% frame %}``, ``{% inside %}`` and ``{% endframe %}``: a page's title, and the page."""

    child_nodelists = ("title", "body")

    def __init__(self, title: NodeList, body: NodeList) -> None:
        self.title, self.body = title, body

    def render(self, context: Context) -> SafeString:
        request = context["request"]
        page = engines["jinja2"].get_template("people/frame.html")
        body = self.body.render(context)
        shown = {"heading": self.title.render(context).strip(), "body": body, "messages": get_messages(request)}
        return mark_safe(page.render({name: mark(one) for name, one in shown.items()}, request))  # noqa: S308


def mark(one: Any) -> Any:
    """Texts that Django's templates have escaped already."""
    return mark_safe(one) if isinstance(one, str) else one  # noqa: S308


@register.tag("frame")
def frame(parser: Parser, token: Token) -> Frame:
    title = parser.parse(("inside",))
    parser.delete_first_token()
    body = parser.parse(("endframe",))
    parser.delete_first_token()
    return Frame(title, body)


@register.simple_tag
def our_fields(form: BaseForm) -> SafeString:
    """The fields of a form as all our forms show them."""
    page = engines["jinja2"].get_template("people/fields.html")
    return mark_safe(page.render({"form": form}))  # noqa: S308
