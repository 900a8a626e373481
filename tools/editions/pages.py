"""Notebooks as HTML that asks no host for anything: formulas are drawn, the rest is inside."""

import html
import re

from jinja2 import pass_context
from latex2mathml.converter import convert
from nbconvert import HTMLExporter

#: The head of every page: formulas aligned, and no request to any host.
HEAD = """\
<style>
 mtd[columnalign="right"] {text-align: right}
 mtd[columnalign="left"] {text-align: left}
</style>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:;
 font-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
"""
PAGE = f"""\
{{%- extends "index.html.j2" -%}}
{{%- block html_head_js -%}}
{HEAD}
{{%- endblock -%}}
{{%- block html_head_js_mathjax -%}}{{%- endblock -%}}
{{%- block html_head_js_mermaidjs -%}}{{%- endblock -%}}
"""


def formula(latex, display):
    """A formula as MathML; ``display`` is "inline" or "block"."""
    latex = latex.strip().replace(
        "{aligned}", "{align*}"
    )  # the name the converter knows
    return convert(latex, display=display).replace(r"\_", "_")  # left inside \text


def mathml(page):
    """HTML with its $formulas$ as MathML, which browsers draw without a script."""
    pattern = r"<(pre|code)\b.*?</\1>|<[^>]*>|\$\$(.+?)\$\$|\$([^$]+?)\$"

    def drawn(match):
        block, inline = match[2], match[3]
        if not (block or inline):
            return match[0]
        return formula(html.unescape(block or inline), "block" if block else "inline")

    return re.sub(pattern, drawn, page, flags=re.DOTALL)


class Drawn:
    """For nbconvert's exporters: text cells with their formulas drawn."""

    @pass_context
    def markdown2html(self, context, source):
        return mathml(super().markdown2html(context, source))


class Page(Drawn, HTMLExporter):
    """nbconvert's page, with everything inside and nothing fetched."""

    raw_template = PAGE


def page(notebook, title):
    """An executed notebook as one HTML file."""
    exporter = Page()
    exporter.log.setLevel("ERROR")
    return exporter.from_notebook_node(notebook, {"metadata": {"name": title}})[0]
