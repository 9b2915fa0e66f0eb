"""Journeys as text: both ways without loss, and a text that is none is refused with the reason."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from designer.actions.create_journey import create_journey
from designer.as_code import Written, from_yaml, to_yaml
from designer.errors import NotAJourney
from designer.models import AuditEntry, Journey, Version
from engine import control
from tests.designer.conftest import NOW

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
NAMES = st.from_regex(r"\A[a-z][a-z0-9-]{0,12}\Z")


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, object]:
    names = draw(st.lists(NAMES, max_size=6, unique=True))
    nodes = [
        {
            "id": name, "type": "teleport", "label": draw(TEXT), "description": draw(TEXT),
            "settings": draw(st.dictionaries(TEXT, VALUES, max_size=4)),
            "position": {"x": draw(st.floats(-1e7, 1e7)), "y": draw(st.integers(-9, 9))},
        }
        for name in names
    ]  # fmt: skip
    ports = st.fixed_dictionaries({"node": st.sampled_from(names), "port": NAMES}) if names else st.nothing()
    edges = (
        st.lists(st.fixed_dictionaries({"from": ports, "to": st.sampled_from(names)}), max_size=6)
        if names
        else st.just([])
    )
    ends = st.lists(st.fixed_dictionaries({"from": ports, "label": TEXT}), max_size=3) if names else st.just([])
    return control.canonical({"nodes": nodes, "edges": draw(edges), "ends": draw(ends)})


@given(graphs(), TEXT, TEXT, st.dictionaries(TEXT, VALUES, max_size=3))
def test_a_journey_comes_back_from_its_text_as_it_was(graph, name, description, properties):
    written = Written(name=name, description=description, version="2.0", properties=properties, graph=graph)

    read = from_yaml(to_yaml(written))

    assert json.dumps(control.canonical(dict(read.graph))) == json.dumps(graph)
    assert (read.name, read.description, dict(read.properties)) == (name, description, properties)
    assert to_yaml(Written(**{**written.__dict__, "graph": control.canonical(dict(read.graph))})) == to_yaml(written)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "says no journey"),
        ("journeyopt: 2\nname: x", "says no journey"),
        ("journeyopt: 1\nname: [x", "no YAML (line"),
        ("journeyopt: 1\nname: x\nsteps: &a [*a]", "aliases"),
        ("journeyopt: 1\nname: x\nname: y", "stands twice"),
        ("journeyopt: 1\nname: !!python/object:os.system x", "no YAML"),
        ("journeyopt: 1\nname: 7", "are texts"),
        ("journeyopt: 1\nname: x\nstep: []", "has no `step`"),
        ("journeyopt: 1\nname: x\nsteps: {}", "is a list"),
        ("journeyopt: 1\nname: x\nsteps: [{type: wait}]", "has an `id`"),
        ("journeyopt: 1\nname: x\nsteps: [{id: a, type: wait, position: 3}]", "two numbers"),
        ("journeyopt: 1\nname: x\nsteps: [{id: a, type: wait, leads_to: [b]}]", "names steps"),
        ("journeyopt: 1\nname: x\nends: [{after: wait}]", "after a port"),
        ("journeyopt: 1\nname: x\nproperties: []", "which properties"),
        ("[" * 5_000, "no YAML"),
    ],
)  # fmt: skip
def test_a_text_that_is_no_journey_is_refused_with_the_reason(text, reason):
    with pytest.raises(NotAJourney) as refused:
        from_yaml(text)

    assert reason in refused.value.message
    assert refused.value.hint


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("journey", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_a_live_journey_is_exported_changed_and_brought_in_as_the_next_version(
    live: Version, ada: User, tmp_path: Path
) -> None:
    file = tmp_path / "journey.yaml"
    run("export", live.journey.name, "--to", str(file))
    assert run("diff", str(file), live.journey.name) == ""

    file.write_text(file.read_text().replace("duration: P2D", "duration: P3D").replace("label: ''", ""))
    said = run("import", str(file), "--user", ada.username)

    draft = live.journey.versions.get(status="draft")
    assert "2.0 is a draft" in said
    assert AuditEntry.objects.filter(verb="version.imported", object_id=draft.pk).exists()
    assert "2 days became 3 days." in run("diff", f"{live.journey.name}@1.0", f"{live.journey.name}@2.0")
    run("import", str(file), "--user", ada.username)
    assert live.journey.versions.count() == 2


def test_a_file_becomes_a_journey_of_its_own(ada: User, shop, tmp_path: Path) -> None:
    file = tmp_path / "new.yaml"
    file.write_text(
        "journeyopt: 1\nname: From a file\nproperties: {time_zone: Europe/Paris}\n"
        "steps: [{id: wait-1, type: wait, settings: {duration: P1D}}]\n"
    )

    run("import", str(file), "--user", ada.username)

    draft = Version.objects.get(journey__name="From a file")
    assert draft.properties == {"time_zone": "Europe/Paris"}
    with pytest.raises(CommandError, match="could not be published"):
        run("validate", str(file))


def test_what_cannot_be_done_is_said(ada: User, shop, tmp_path: Path) -> None:
    for arguments, reason in (
        (["export", "Nothing"], "no journey"),
        (["validate", str(tmp_path / "none.yaml")], "cannot be read"),
        (["import", "x", "--user", "nobody"], "no user"),
    ):
        with pytest.raises(CommandError, match=reason):
            run(*arguments)
    assert not Journey.objects.exists()
    create_journey(sandbox=shop, name="A", by=ada, now=NOW)
    assert run("export", "a").startswith("journeyopt: 1\nname: A\n")
