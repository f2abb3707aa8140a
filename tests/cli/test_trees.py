"""Commands that want iterations refuse a fold over trees on one line."""

from __future__ import annotations

import pytest

from checker.cli.app import main


@pytest.mark.parametrize(
    "arguments",
    [
        ["threshold", "leaf-errors", "riskwithin", "leaf_error"],
        ["map", "noisy-formulas", "seldomwrong", "leaf_noise", "node_noise"],
        ["compare", "conjunctions", "majorities"],
        ["check", "debate-equivalent/worst-leaf", "--over", "leaf_error"],
    ],
)
def test_other_commands_refuse_a_fold_on_one_line(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["alignspec", *arguments])
    with pytest.raises(SystemExit) as status:
        main()
    assert status.value.code == 2
    said = capsys.readouterr().err.strip()
    assert len(said.splitlines()) == 1
    assert "fold" in said
