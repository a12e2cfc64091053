"""policy and profile: which positions there are, and which one is taken."""

from __future__ import annotations

import pytest

from nsh.kernel import policies
from nsh.machine.settings import Settings
from nsh.session.session import Session


def printed(text: str) -> str:
    """What *text* prints, as a script that does not fail."""
    session = Session()
    steps = list(session.performing(text))
    assert not any(step.failed for step in steps)
    return "".join(output.text for step in steps for output in step.output)


def test_every_policy_is_listed_with_its_value_and_all_others():
    head, *rows = printed("policy pid.levels flat; policy").splitlines()
    assert head.split() == ["POLICY", "VALUE", "OR"]
    for one, row in zip(policies.policies(), rows, strict=True):
        name, value, others = row.split(maxsplit=2)
        assert name == one.name
        assert {value, *others.split(", ")} == set(one.values)
        assert value == ("flat" if name == "pid.levels" else one.default)


def test_one_policy_and_the_profile_are_told_as_words_for_scripts():
    text = "x=$(policy pid.levels); policy pid.levels flat; echo $x $(policy pid.levels) $(profile)"
    assert printed(text) == "hierarchical flat all\n"
    assert printed("profile franke-2005; profile; policy pid.levels") == "franke-2005\nflat\n"


@pytest.mark.parametrize("profile", policies.PROFILES)
def test_what_is_listed_under_a_profile_leads_to_the_same_positions(profile):
    rows = printed(f"profile {profile}; policy").splitlines()[1:]
    one_by_one = "; ".join(f"policy {row.split()[0]} {row.split()[1]}" for row in rows)
    assert printed(f"{one_by_one}; policy").splitlines()[1:] == rows


def test_telling_changes_nothing():
    session = Session()
    before = session.machine.find(Settings, 0)
    list(session.performing("policy; policy pid.move; profile"))
    assert session.machine.find(Settings, 0) == before


def test_a_policy_that_is_none_is_refused_with_those_there_are():
    session = Session()
    (why,) = [step.failure for step in session.performing("policy pid.level") if step.failure]
    assert why.errno.name == "EINVAL"
    assert "pid.levels" in why.reason
