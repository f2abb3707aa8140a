"""Pictures of a map: a PNG, and a page of its own that shows the evidence under the pointer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import matplotlib
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from checker.parameters.partition import Partition
from checker.system.parametric import Cell

matplotlib.use("Agg")

COLOURS = {
    "proved": "#5b9e78",
    "refuted": "#c8635c",
    "vacuous": "#b5b5b5",
    "undecided": "#f3efe2",
}
WORDS = {
    "proved": "proved safe",
    "refuted": "proved unsafe",
    "vacuous": "assumptions fail",
    "undecided": "undecided",
}


def title(question: Mapping[str, object]) -> str:
    """What the map is of."""
    limits = question["limits"]
    assert isinstance(limits, dict)
    said = ", ".join(f"{name} <= {value}" for name, value in limits.items())
    return f"{question['scheme']} keeps {question['invariant']}" + (f" ({said})" if said else "")


def cells_of(partition: Partition) -> list[tuple[Cell, str]]:
    """Every cell with its kind of answer."""
    decided = [(box.cell, str(box.decided.kind)) for box in partition.boxes]
    return decided + [(cell, "undecided") for cell in partition.open]


def png(partition: Partition, file: Path) -> None:
    """Write the map as a picture."""
    figure = Figure(figsize=(7.2, 6.2), layout="constrained")
    axes = figure.add_subplot()
    cells = cells_of(partition)
    corners = [_corners(cell) for cell, _ in cells]
    axes.add_collection(
        PolyCollection(corners, facecolors=[COLOURS[kind] for _, kind in cells], edgecolors="none")
    )
    (left, right), (bottom, top) = partition.domain
    axes.set(xlim=(float(left), float(right)), ylim=(float(bottom), float(top)))
    units = partition.question["units"]
    axes.set_xlabel(f"{partition.question['x']}\n{_shortened(units[0])}")
    axes.set_ylabel(f"{partition.question['y']}\n{_shortened(units[1])}")
    axes.set_title(title(partition.question))
    shown = [kind for kind in COLOURS if partition.area(kind)]  # type: ignore[arg-type]
    handles = [
        Patch(
            facecolor=COLOURS[kind],
            edgecolor="#888888",
            label=f"{WORDS[kind]} {_share(partition, kind)}",
        )
        for kind in shown
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles), frameon=False)
    fresh = file.with_name(file.name + ".part")
    figure.savefig(fresh, dpi=150, format="png")
    fresh.replace(file)


def _corners(cell: Cell) -> list[tuple[float, float]]:
    (left, right), (bottom, top) = [(float(a), float(b)) for a, b in cell]
    return [(left, bottom), (right, bottom), (right, top), (left, top)]


def _share(partition: Partition, kind: str) -> str:
    return f"{100 * float(partition.area(kind)):.2f} %"  # type: ignore[arg-type]


def _shortened(text: str) -> str:
    return text if len(text) <= 70 else text[:67].rsplit(" ", 1)[0] + " ..."


def html(partition: Partition, file: Path) -> None:
    """Write the map as a page that needs no other file."""
    data = partition.to_json()
    data["boxes"] = [
        [*_floats(box.cell), box.decided.kind, box.decided.iteration, data["boxes"][n]["evidence"]]
        for n, box in enumerate(partition.boxes)
    ] + [[*_floats(cell), "undecided", None, None] for cell in partition.open]
    del data["open"]
    data["domain"] = _floats(partition.domain)
    data |= {"colours": COLOURS, "words": WORDS, "title": title(partition.question)}
    text = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
    fresh = file.with_name(file.name + ".part")
    fresh.write_text(PAGE.replace("@DATA@", text), encoding="utf-8")
    fresh.replace(file)


def _floats(cell: Cell) -> list[float]:
    return [float(end) for ends in cell for end in ends]


def percent(value: Fraction) -> str:
    """A share for people."""
    return f"{100 * float(value):.2f} %"


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
