"""Animations: light, paused, described, alike at every run (in a browser: tests/browser)."""

import base64
import io
import re
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from utils import plots

STARTS = (
    r"\.(play_animation|reverse_animation|next_frame|previous_frame|anim_step\w*)\("
)
STARTS += r"|setInterval\(|requestAnimationFrame\(|\.click\(|autoplay"


def animation(title="A growing area"):
    figure, ax = plots.plt.subplots(figsize=(3, 2), dpi=50)
    ax.set_title(title)

    def draw(frame):
        ax.clear()
        ax.set_title(title)
        ax.fill_between([0, 1], [0, frame])
        ax.set_ylim(0, 3)

    return plots.animate(figure, draw, frames=4), figure


class Parts(HTMLParser):
    """The tags of a page with their attributes, and its scripts."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.scripts, self.inside = [], [], False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.inside = tag == "script"

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.scripts.append(data)


def what_starts(page):
    """All that would set an animation going before somebody presses a button."""
    parts, found = Parts(page), []
    for tag, attrs in parts.tags:
        found += [
            f"{tag} {name}"
            for name in attrs
            if name.startswith("on") and name not in ("onclick", "oninput")
        ]
        found += [f"{tag} {name}" for name in attrs if name == "autoplay"]
    for script in parts.scripts:
        # what the player's methods do when they are called comes after the constructor
        at_once = script.partition("Animation.prototype")[0]
        found += [match[0] for match in re.finditer(STARTS, at_once)]
        rest = script[len(at_once) :]
        outside = re.sub(r"(?ms)^  Animation\.prototype.*?^  [;}]+$", "", rest)
        found += [match[0] for match in re.finditer(STARTS, outside)]
    return found


def picture(address):
    data = base64.b64decode(address.removeprefix("data:image/png;base64,"))
    return np.asarray(Image.open(io.BytesIO(data)).convert("L"), "float64")


def frames(page):
    found = re.findall(r'frames\[\d+\] = "([^"]+)"', page)
    return [picture(address.replace("\\\n", "")) for address in found]


def images(page):
    """The image for paper and the image that plays: their attributes."""
    found = [attrs for tag, attrs in Parts(page).tags if tag == "img"]
    still = [a for a in found if a.get("class") == "still"]
    plays = [a for a in found if a.get("id", "").startswith("_anim_img")]
    assert len(still) == len(plays) == 1 and len(found) == 2
    return still[0], plays[0]


def test_an_animation_is_light_and_asks_no_host():
    made, figure = animation()
    assert len(made.data) < 100_000, "four small frames"
    assert "http" not in made.data.replace("http://www.w3.org", "")
    assert not plots.plt.fignum_exists(figure.number), "the figure is shown once"
    shown = frames(made.data)
    assert len(shown) == 4
    assert all((a != b).any() for a, b in pairwise(shown))


def test_an_animation_starts_paused():
    assert what_starts(animation()[0].data) == []


@pytest.mark.parametrize(
    "started",
    [
        "<script>setTimeout(() => animX.play_animation(), 10)</script>",
        "<script>setInterval(() => document.querySelector('button').click(), 9)</script>",
        '<img src="data:," onerror="animX.play_animation()">',
        '<img src="data:," onload="animX.next_frame()">',
        "<script>document.querySelector('[title=Play]').click()</script>",
    ],
)
def test_an_animation_that_starts_by_itself_is_noticed(started):
    page = animation()[0].data
    assert what_starts(page + started)
    inside = page.replace("</script>", f"{re.sub('<.*?>', '', started)}</script>")
    if "script" in started:
        assert what_starts(inside)


def test_on_paper_the_last_frame_stands_with_its_description():
    page = animation("Rise & fall")[0].data
    still, plays = images(page)
    assert still["alt"] == plays["alt"] == "Rise & fall"
    assert np.abs(picture(still["src"]) - frames(page)[-1]).mean() < 2
    assert np.abs(picture(still["src"]) - frames(page)[0]).mean() > 10
    hidden = {media: page.index(f"@media {media}") for media in ("screen", "print")}
    assert page.index(".still { display: none", hidden["screen"]) < hidden["print"]
    assert ".animation { display: none" in page[hidden["print"] :]
    slider = next(a for tag, a in Parts(page).tags if a.get("type") == "range")
    assert slider["aria-label"] == "Frame"


def test_an_animation_is_the_same_at_every_run_and_another_has_other_names():
    page = animation()[0].data
    assert page == animation()[0].data
    other = animation("Another")[0].data
    name = {re.search(r'id="_anim_img(\w+)"', p)[1] for p in (page, other)}
    assert len(name) == 2
    assert "NAME" not in re.sub(r"base64,[^\"]+", "", page), "a name not filled in"


def test_an_animation_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(plots, "_packed", lambda png: "A" * 600_000)
    with pytest.raises(ValueError, match=r"has 3\.0 MB; the limit is 2 MB.*than 4"):
        animation()
