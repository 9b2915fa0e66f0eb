"""The faces of activities: their templates name settings that there are."""

import re

import pytest

from engine.activities import all_types


@pytest.mark.parametrize(("kind", "activity"), all_types().items())
def test_what_a_face_says_names_settings_of_its_activity(kind, activity):
    templates = [activity.face.summary, *(note.text for note in activity.face.notes)]
    conditions = [one for note in activity.face.notes if note.when for one in note.when.split("&")]

    named = {name for text in templates for name in re.findall(r"{(\w+)", text)}
    named |= {one.split("=")[0] for one in conditions}

    assert named <= set(activity.model_fields)
