"""Pictures of a map: a PNG, and a page of its own that shows the evidence under the pointer."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from checker.cli.console import write_whole
from checker.parameters.partition import Partition
from checker.report.documents.base import document
from checker.report.html import embedded
from checker.report.partition import (
    CELL_ANSWERS,
    COLOURS,
    LEGEND,
    area_words,
    map_title,
    shown_answers,
)
from checker.system.parametric import Cell
from spec.statements.base import Answer

matplotlib.use("Agg")

LONGEST_LABEL = 70
"""Characters of an axis label."""


def png(partition: Partition, file: Path) -> None:
    """Write the map as a picture."""
    figure = Figure(figsize=(7.2, 6.2), layout="constrained")
    axes = figure.add_subplot()
    cells = [(box.cell, box.decided.answer) for box in partition.boxes]
    cells += [(cell, Answer.UNKNOWN) for cell in partition.open]
    corners = [_corners(cell) for cell, _ in cells]
    colours = [COLOURS[answer] for _, answer in cells]
    axes.add_collection(PolyCollection(corners, facecolors=colours, edgecolors="none"))
    (left, right), (bottom, top) = partition.domain
    axes.set(xlim=(float(left), float(right)), ylim=(float(bottom), float(top)))
    question = partition.question
    axes.set_xlabel(f"{question.x}\n{_shortened(question.units[0])}")
    axes.set_ylabel(f"{question.y}\n{_shortened(question.units[1])}")
    axes.set_title(map_title(question))
    handles = [
        Patch(facecolor=COLOURS[answer], edgecolor="#888888", label=area_words(partition, answer))
        for answer in shown_answers(partition)
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles), frameon=False)
    write_picture(figure, file)


def write_picture(figure: Figure, file: Path) -> None:
    """Write a figure as a PNG, in one piece."""
    drawn = io.BytesIO()
    figure.savefig(drawn, dpi=150, format="png")
    write_whole(file, drawn.getvalue())


def _corners(cell: Cell) -> list[tuple[float, float]]:
    (left, right), (bottom, top) = [(float(a), float(b)) for a, b in cell]
    return [(left, bottom), (right, bottom), (right, top), (left, top)]


def _shortened(text: str) -> str:
    if len(text) <= LONGEST_LABEL:
        return text
    return text[: LONGEST_LABEL - 3].rsplit(" ", 1)[0] + " ..."


def html(partition: Partition, file: Path) -> None:
    """Write the map as a page that needs no other file."""
    write_whole(file, PAGE.replace("@DATA@", embedded(_page_data(partition))))


def _page_data(partition: Partition) -> dict[str, Any]:
    """The map's document with cells in floats, which the page's script draws."""
    data = document(partition)
    decided = [
        [*_floats(box.cell), written["verdict"], written["iteration"], written["evidence"]]
        for box, written in zip(partition.boxes, data["boxes"], strict=True)
    ]
    undecided = CELL_ANSWERS[Answer.UNKNOWN]
    data["boxes"] = decided + [[*_floats(c), undecided, None, None] for c in partition.open]
    del data["open"]
    data["domain"] = _floats(partition.domain)
    data["colours"] = {CELL_ANSWERS[answer]: colour for answer, colour in COLOURS.items()}
    data["words"] = {CELL_ANSWERS[answer]: words for answer, words in LEGEND.items()}
    data["title"] = map_title(partition.question)
    return data


def _floats(cell: Cell) -> list[float]:
    return [float(end) for ends in cell for end in ends]


PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>alignspec map</title>
<style>
body { font: 15px/1.45 system-ui, sans-serif; margin: 1.5rem; color: #222; }
main { display: flex; gap: 1.5rem; flex-wrap: wrap; align-items: flex-start; }
canvas { border: 1px solid #999; cursor: crosshair; }
aside { flex: 1 1 18rem; max-width: 30rem; }
dt { font-weight: 600; margin-top: .6rem; } dd { margin: 0; overflow-wrap: anywhere; }
.key span { display: inline-block; width: .9em; height: .9em; border: 1px solid #888;
  margin: 0 .35em 0 0; vertical-align: -.1em; } .key div { margin: .15rem 0; }
figure { margin: 0; max-width: 690px; } figcaption { text-align: center; }
.y { writing-mode: vertical-rl;
  transform: rotate(180deg); text-align: center; } .plot { display: flex; }
</style>
<h1 id="title"></h1>
<main>
<figure><div class="plot"><div class="y" id="y"></div>
<canvas id="map" width="640" height="560" tabindex="0"></canvas></div>
<figcaption id="x"></figcaption></figure>
<aside><div class="key" id="key"></div>
<dl aria-live="polite"><dt>at</dt><dd id="at">point at the map</dd>
<dt>verdict</dt><dd id="verdict"></dd>
<dt>breaks by iteration</dt><dd id="iteration"></dd><dt>cell</dt><dd id="cell"></dd>
<dt>evidence</dt><dd id="evidence"></dd></dl>
<details><summary>other parameters</summary><p id="others"></p></details></aside>
</main>
<script>
const data = @DATA@;
const byId = id => document.getElementById(id);
const say = (id, text) => { byId(id).textContent = text; };
const canvas = byId("map"), pen = canvas.getContext("2d"), W = canvas.width, H = canvas.height;
const [left, right, bottom, top_] = data.domain, q = data.question;
const px = v => (v - left) / (right - left) * W, py = v => H - (v - bottom) / (top_ - bottom) * H;
const short = v => Number(v.toPrecision(6));
say("title", data.title);
say("x", `${q.x}: ${short(left)} to ${short(right)}. ${q.units[0]}`);
say("y", `${q.y}: ${short(bottom)} to ${short(top_)}`);
say("others", Object.entries(q.parameters).map(([n, v]) => `${n} = ${v}`).join(", "));
for (const kind in data.words) if (data.shares[kind] > 0) {
  const row = document.createElement("div"), patch = document.createElement("span");
  patch.style.background = data.colours[kind];
  row.append(patch, `${data.words[kind]} ${(100 * data.shares[kind]).toFixed(2)} %`);
  byId("key").append(row);
}
function paint(chosen) {
  for (const [a, b, c, d, kind] of data.boxes) {
    pen.fillStyle = data.colours[kind];
    pen.fillRect(px(a) - .3, py(d) - .3, px(b) - px(a) + .6, py(c) - py(d) + .6);
  }
  if (chosen) {
    const [a, b, c, d] = chosen;
    pen.strokeStyle = "#222"; pen.strokeRect(px(a), py(d), px(b) - px(a), py(c) - py(d));
  }
}
canvas.addEventListener("pointermove", event => {
  const box = canvas.getBoundingClientRect();
  const x = left + (event.clientX - box.left) / box.width * (right - left);
  const y = top_ - (event.clientY - box.top) / box.height * (top_ - bottom);
  const found = data.boxes.find(([a, b, c, d]) => a <= x && x <= b && c <= y && y <= d);
  paint(found);
  say("at", `${q.x} = ${short(x)}, ${q.y} = ${short(y)}`);
  if (!found) return;
  const [a, b, c, d, kind, iteration, evidence] = found;
  say("verdict", data.words[kind]);
  say("iteration", iteration === null ? "-" : String(iteration));
  say("cell", `${q.x} in [${short(a)}, ${short(b)}], ${q.y} in [${short(c)}, ${short(d)}]`);
  say("evidence", evidence === null ? "not decided at this fineness" : data.evidence[evidence]);
});
paint();
</script>
"""
