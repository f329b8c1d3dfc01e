"""Text from elsewhere, such as a commit's message, on a page."""

from django import template

from projects import syntax

register = template.Library()

register.filter("visible", syntax.visible)
