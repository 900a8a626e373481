"""Settings of the course's site (Sphinx with myst-nb); `make site` builds it.

The lessons arrive executed. Formulas become MathML, which browsers draw without a script,
so that no page asks another host for anything.
"""

from docutils import nodes

from tools.editions.pages import formula, mathml
from tools.lessons import manifest

project = manifest()["course"]["title"]
html_title = project
extensions = ["myst_nb"]
nb_execution_mode = "off"
nb_ipywidgets_js = {}  # sliders need a kernel; their script would come from another host
nb_merge_streams = True
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
suppress_warnings = ["mystnb.unknown_mime_type"]  # a slider that has no kernel
html_theme = "furo"  # light and dark, a search box, everything inside
html_math_renderer = "mathml"
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False  # two licences: the README names them
templates_path = []
exclude_patterns = ["extra"]
html_static_path = ["site.css"]
html_css_files = ["site.css"]


def inline(visitor, node):
    """Write a formula that stands in a line."""
    visitor.body.append(formula(node.astext(), "inline"))
    raise nodes.SkipNode


def block(visitor, node):
    """Write a formula that stands alone; a wide one scrolls by itself."""
    visitor.body.append(
        f'<div class="formula" tabindex="0">{formula(node.astext(), "block")}</div>'
    )
    raise nodes.SkipNode


def inside_html(app, doctree):
    """Formulas in folded answers, which Markdown leaves as they are."""
    for node in doctree.findall(nodes.raw):
        if node.get("format") == "html" and "<details" in node.astext():
            node[:] = [nodes.Text(mathml(node.astext()))]


def setup(app):
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    app.connect("doctree-read", inside_html)
