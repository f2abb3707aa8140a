"""Evidence changed at random in its meaning: how much of it is still accepted?

Run as ``python -m benchmarks.tampering DIR [COUNT [DRAW [LOG]]]`` on a folder that ``alignspec
check --evidence`` wrote. Half of the changes are those of somebody who does not know of the hashes;
the other half are forged: the hashes and the listed queries are made anew, as the rechecker would
make them. With a log, what became of each change is added to it, and a run that was ended goes on
there: the changes are the same for the same files and draw.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from recheck.check import derived, judged, queries
from recheck.errors import Malformed, Rejected, Undecided
from recheck.evidence import FORM, SCHEMA, asked_of, hashes

Document = dict[str, Any]
Change = Callable[[Document, random.Random], str]

NUMBER = re.compile(r"(?<![\w.@:|?])\d+(?:\.\d+)?")
SECONDS = 0.5


def another_number(text: str, chance: random.Random) -> str:
    """The text with one of its numbers replaced."""
    found = list(NUMBER.finditer(text))
    if not found:
        raise LookupError
    spot = chance.choice(found)
    old = spot.group()
    new = str(int(float(old)) + chance.choice([1, 2, 7])) + (".0" if "." in old else "")
    return text[: spot.start()] + new + text[spot.end() :]


def another_operation(text: str, chance: random.Random) -> str:
    """The text with a relation or an operation replaced."""
    swaps = {
        "<=": ">=",
        ">=": "<=",
        "<": ">",
        ">": "<",
        "+": "-",
        "*": "+",
        "and": "or",
        "or": "and",
    }
    found = [spot for spot in re.finditer(r"\(([^\s()]+) ", text) if spot[1] in swaps]
    if not found:
        raise LookupError
    spot = chance.choice(found)
    return text[: spot.start(1)] + swaps[spot[1]] + text[spot.end(1) :]


def rewritten(text: str, chance: random.Random) -> str:
    """One or the other."""
    return chance.choice([another_number, another_operation])(text, chance)


def _one_of(items: Any, chance: random.Random) -> int:
    if not items:
        raise LookupError
    return chance.randrange(len(items))


def _texts(texts: list[str], chance: random.Random) -> None:
    number = _one_of(texts, chance)
    texts[number] = rewritten(texts[number], chance)


def _within(part: Any, key: str) -> list[Document]:
    """All parts of a document, at any depth, that have a key."""
    if isinstance(part, dict):
        return [part] * (key in part) + [f for each in part.values() for f in _within(each, key)]
    return [f for each in part for f in _within(each, key)] if isinstance(part, list) else []


def of_start(document: Document, chance: random.Random) -> str:
    """Where a run that stays outside a claim begins."""
    start = chance.choice(_within(document["proof"], "stays"))["stays"]["start"]
    name = sorted(start)[_one_of(start, chance)]
    start[name] = chance.choice(["0", "1", "1/3", start[name] + "7"])
    return "start"


def of_box(document: Document, chance: random.Random) -> str:
    """A box of a map: where it ends, or what is said of it; or the plane, or one box twice."""
    boxes = document["proof"]["boxes"]
    box = chance.choice(boxes)
    part = chance.choice(["over", "verdict", "plane", "twice"])
    if part == "verdict":
        box["verdict"] = chance.choice(["proved", "refuted", "vacuous"])
    elif part == "twice":
        boxes.append(box)
    else:
        plane = document["statement"]["plane"]
        ends = chance.choice(box["over"] if part == "over" else plane["ranges"])
        ends[chance.choice([0, 1])] = chance.choice(["0", "1/3", "1", ends[0] + "7"])
    return "box"


def of_bound(document: Document, chance: random.Random) -> str:
    walk = chance.choice(_within(document["proof"], "walk"))["walk"]
    held = walk[_one_of(walk, chance)]
    _texts(held["conditions"], chance)
    return "bound"


def of_depth(document: Document, chance: random.Random) -> str:
    proof = chance.choice(_within(document["proof"], "depth"))
    proof["depth"] = max(1, proof["depth"] + chance.choice([-1, -2]))
    return "depth"


def of_run(document: Document, chance: random.Random) -> str:
    run = chance.choice(_within(document["proof"], "plan"))
    stretch = run["plan"][_one_of(run["plan"], chance)]
    if chance.random() < 0.5 and stretch[1]:
        place = chance.randrange(len(stretch[1]))
        stretch[1][place] = str((1 + int(stretch[1][place].partition("/")[0])) % 2)
    else:
        stretch[0] = max(1, stretch[0] + chance.choice([-1, 1]))
    return "run"


def of_parameter(document: Document, chance: random.Random) -> str:
    parameters = document["system"]["parameters"]
    name = sorted(parameters)[_one_of(parameters, chance)]
    parameters[name] = chance.choice(["0", "1", "1/3", parameters[name] + "7"])
    return "parameter"


def of_side(document: Document, chance: random.Random) -> str:
    """An end of the proof of a threshold or a tolerance, or the place of the run."""
    proof = chance.choice(_within(document["proof"], "holds"))
    part, name = chance.choice([("holds", "low"), ("holds", "high"), ("fails", "at")])
    proof[part][name] = chance.choice(["0", "1", "1/3", proof[part][name] + "7"])
    return "side"


def of_stated(document: Document, chance: random.Random) -> str:
    """The value of a threshold, or what happens there."""
    along = document["statement"]["along"]
    if chance.random() < 0.2:
        along["settles"] = not along.get("settles", False)
    elif chance.random() < 0.5 and along["value"] is not None:
        along["value"] = chance.choice(["0", "1/3", along["value"] + "7"])
    else:
        along["included"] = not along["included"]
    return "stated"


def of_lifting(document: Document, chance: random.Random) -> str:
    """The set of what questions contribute, or a function for a bound."""
    lifting = document["proof"]["lifting"]
    part = chance.choice(["hull", "bounds", "bounds", "free"])
    if part == "free":
        lifting["free"] = not lifting["free"]
    elif part == "hull" and chance.random() < 0.5:
        del lifting["hull"][_one_of(lifting["hull"], chance)]
    else:
        _texts(lifting[part], chance)
    return "lifting"


def of_roles(document: Document, chance: random.Random) -> str:
    """What a statement says of an instance."""
    said = document["statement"]["contracts"]
    part = chance.choice(["calls", "over", "overseen", "shows", "text", "text"])
    if part == "calls":
        said["calls"] += chance.choice([-1, 1])
    elif part == "over":
        said["over"].pop(chance.choice(sorted(said["over"])))
    elif part == "overseen":
        _texts(said["overseen"][1], chance)
    elif part == "shows":
        del said["shows"][_one_of(said["shows"][1:], chance)]
    else:
        role = chance.choice(["distance", "eps", "improves", "some", "less", "spares"])
        said[role] = rewritten(said[role], chance)
    return "roles"


def of_contract(document: Document, chance: random.Random) -> str:
    """A point, or which contract is said to be broken."""
    proof = document["proof"]
    points = [{"point": point} for point in proof.get("exists", {}).values()]
    shown = proof.get("broken", points)
    each = shown[_one_of(shown, chance)]
    if "missing" in each or chance.random() < 0.1:
        proof.pop("tie", None)
        others = [n for n in ("told apart", "overseen", "outside") if n != each.get("missing")]
        proof["broken"] = [{"missing": chance.choice(others)}]
    elif "contract" in each and chance.random() < 0.3:
        others = ["program", "raises", "improves", "costs", "sees", "returns", "lands"]
        each["contract"] = chance.choice([name for name in others if name != each["contract"]])
    else:
        name = chance.choice(sorted(each["point"]))
        each["point"][name] = chance.choice(["0.0", "1.0", "(/ 1.0 3.0)", "(- 1.0)", "7.0"])
    return "contract"


def of_simulation(document: Document, chance: random.Random) -> str:
    """A witness, what is held, or the point at which the assumptions hold."""
    proof = chance.choice(_within(document["proof"], "cases"))
    texts = chance.choice([proof["held"], *proof["cases"]])
    _texts(texts, chance)
    return "simulation"


def of_other(document: Document, chance: random.Random) -> str:
    """The second of two schemes, or how fields are compared."""
    if chance.random() < 0.3:
        link = chance.choice(document["statement"]["related"])
        link[2] = {"=": "<=", "<=": "="}[link[2]]
    else:
        _texts(chance.choice(document["other"]["steps"])["outputs"], chance)
    return "other"


def of_step(document: Document, chance: random.Random) -> str:
    """The two versions of a step that is said to be sound or not."""
    step = document["step"]
    part = chance.choice(["given", "table", "compared", "draws", "uses"])
    if part == "draws":
        draw, place = chance.choice(step["draws"]), chance.choice([1, 2])
        draw[place] = rewritten(draw[place], chance)
    elif part == "uses":
        use = chance.choice(step["uses"])
        use["tied"] = not use["tied"]
    elif part == "compared":
        compared = chance.choice(step["compared"])
        place = chance.choice([1, 2])
        compared[place] = rewritten(compared[place], chance)
    else:
        _texts(step[part], chance)
    return "step"


def of_world(document: Document, chance: random.Random) -> str:
    """A number of a world."""
    world = document["proof"]["world"]
    part = chance.choice([world["inputs"], *world["asked"], *world["table"]])
    numbers = part if part is world["inputs"] else part.get("does", part["weight"])
    if not isinstance(numbers, dict) or chance.random() < 0.3:
        part["weight"] = chance.choice(["0", "1/3", part["weight"] + "7"])
    else:
        name = chance.choice(sorted(numbers))
        numbers[name] = chance.choice(["0", "1/3", "1"])
    return "world"


def of_every(document: Document, chance: random.Random) -> str:
    """What is kept at every node of every tree."""
    _texts(document["proof"]["every"], chance)
    return "every"


def of_rank(document: Document, chance: random.Random) -> str:
    """What a rank is said never to exceed, or the strategy under which it does not."""
    bounded = document["proof"]["bounded"]
    if "units" in bounded and chance.random() < 0.5:
        place = _one_of(bounded["units"], chance)
        bounded["units"][place] = str(1 - int(bounded["units"][place]))
    else:
        bounded["most"] = chance.choice(["0", "1/3", "-" + bounded["most"].lstrip("-")])
    return "rank"


def of_margin(document: Document, chance: random.Random) -> str:
    """A margin that is kept, or the share by which another is lost."""
    holds, near = document["proof"]["holds"], document["proof"]["fails"]["near"]
    part, name = chance.choice([(holds, "margin"), (near, "share")])
    part[name] = chance.choice(["0", "1/3", "2", part[name] + "7"])
    return "margin"


def of_relations(document: Document, chance: random.Random) -> str:
    """The premises about arbitrary relations."""
    scheme = document["statement"]["relations"]
    step = chance.choice(scheme["steps"])
    if chance.random() < 0.5:
        scheme["dropped"] = chance.choice([[], ["start"], ["oversight"], ["step", step["name"]]])
    else:
        step["overseen"] = None if step["overseen"] else "another relation"
    return "relations"


def of_model(document: Document, chance: random.Random) -> str:
    """A model of the premises, or the run in it."""
    model = document["proof"]["model"]
    if chance.random() < 0.5 and model["facts"]:
        del model["facts"][_one_of(model["facts"], chance)]
    elif chance.random() < 0.5:
        claim = chance.choice(sorted(document["statement"]["relations"]["claim"].values()))
        model["facts"].append([claim, chance.choice(model["run"])])
    else:
        model["run"] = model["run"][: _one_of(model["run"], chance)] or model["run"] * 2
    return "model"


def of_hash(document: Document, chance: random.Random) -> str:
    name = chance.choice(sorted(document["hashes"]))
    document["hashes"][name] = document["hashes"][name][::-1]
    return "hash"


def of_query(document: Document, chance: random.Random) -> str:
    query = document["queries"][_one_of(document["queries"], chance)]
    query["smtlib"] = rewritten(query["smtlib"], chance)
    return "query"


def of_relation(document: Document, chance: random.Random) -> str:
    step = chance.choice(document["system"]["steps"])
    if step["choices"] and chance.random() < 0.5:
        choice = chance.choice(step["choices"])
        end = chance.choice([1, 2])
        choice[end] = rewritten(choice[end], chance)
    else:
        _texts(step["outputs"], chance)
    return "relation"


def of_seed(document: Document, chance: random.Random) -> str:
    """The seed, an end of what nature chooses of it, or where a run begins."""
    system, proof = document["system"], document["proof"]
    place = chance.choice(["seed", "seed_choices", "run"])
    if place == "seed_choices":
        choice, end = chance.choice(system["seed_choices"]), chance.choice([1, 2])
        choice[end] = rewritten(choice[end], chance)
    elif place == "run":
        units = chance.choice(_within(proof, "seed"))["seed"]
        units[_one_of(units, chance)] = chance.choice(["0", "1", "1/3", "2"])
    else:
        _texts(system["seed"], chance)
    return "seed"


def of_assumption(document: Document, chance: random.Random) -> str:
    assumptions = document["system"]["assumptions"]
    number = _one_of(assumptions, chance)
    if chance.random() < 0.5:
        del assumptions[number]
    else:
        assumptions[number][1] = rewritten(assumptions[number][1], chance)
    return "assumption"


def of_invariant(document: Document, chance: random.Random) -> str:
    _texts(document["claim"][document["system"]["positions"][0]["name"]], chance)
    return "invariant"


def of_verdict(document: Document, chance: random.Random) -> str:
    document["verdict"] = {"proved": "refuted", "refuted": "proved"}[document["verdict"]]
    return "verdict"


def of_name(document: Document, chance: random.Random) -> str:
    document["statement"]["name"] += chance.choice(["-2", "/all", "x"])
    return "swapped"


CHANGES: list[Change] = [
    of_box,
    of_start,
    of_bound,
    of_depth,
    of_run,
    of_parameter,
    of_side,
    of_stated,
    of_lifting,
    of_roles,
    of_contract,
    of_simulation,
    of_other,
    of_step,
    of_world,
    of_every,
    of_rank,
    of_margin,
    of_relations,
    of_model,
    of_hash,
    of_query,
    of_relation,
    of_seed,
    of_assumption,
    of_invariant,
    of_verdict,
    of_name,
]
FORGED = [change for change in CHANGES if change not in (of_hash,)]


def forge(document: Document, *, keep_queries: bool) -> None:
    """Make the listed queries and the hashes those that the changed document would have."""
    document["hashes"] = hashes(document)
    if not keep_queries:
        with suppress(Malformed, Rejected, Undecided, *FORM):
            document["queries"] = queries(derived(document))
        document["hashes"] = hashes(document)


def tampered(
    originals: list[Document], count: int, chance: random.Random, done: int = 0
) -> Iterator[tuple[str, bool, Document, Document]]:
    """So many changed documents: what was changed, whether it was forged, before and after. Those
    that were done before are drawn, and left out."""
    made = 0
    while made < count:
        before = chance.choice(originals)
        after = json.loads(json.dumps(before))
        forged = chance.random() < 0.5
        change = chance.choice(FORGED if forged else CHANGES)
        try:
            what = change(after, chance)
        except (LookupError, TypeError, ValueError, StopIteration):
            continue
        if after == before:
            continue
        made += 1
        if made > done:
            if forged:
                forge(after, keep_queries=what == "query")
            yield what, forged, before, after


def outcome_of(before: Document, after: Document) -> str:
    """What the rechecker says of a changed document, once it is compared with what was asked.

    An accepted one of which the system, the claim and the statement are those that were asked is
    another proof of the same verdict: nothing that is false was accepted.
    """
    try:
        if not SCHEMA.is_valid(after):
            return "rejected"
        judged(after, SECONDS)
    except (Malformed, Rejected, *FORM):
        return "rejected"
    except Undecided:
        return "not accepted"
    if asked_of(before) != asked_of(after):
        return "rejected against the target"
    return "still a proof" if before["verdict"] == after["verdict"] else "ACCEPTED"


def main() -> None:
    """Change evidence and count what becomes of it."""
    folder, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    draw = int(sys.argv[3]) if len(sys.argv) > 3 else 7
    log = Path(sys.argv[4]) if len(sys.argv) > 4 else None
    originals = [json.loads(file.read_text("utf-8")) for file in sorted(folder.glob("*.json"))]
    originals = [each for each in originals if each["system"] or "reason" not in each["proof"]]
    lines = log.read_text("utf-8").splitlines() if log and log.exists() else []
    tally = Counter(map(tuple, map(json.loads, lines)))
    for what, forged, before, after in tampered(originals, count, random.Random(draw), len(lines)):
        entry = ("forged" if forged else "plain", what, outcome_of(before, after))
        tally[entry] += 1
        if log:
            with log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry) + "\n")
    for (made, what, outcome), number in sorted(tally.items()):
        print(f"{made:7} {what:11} {outcome:28} {number:6}")


if __name__ == "__main__":
    main()
