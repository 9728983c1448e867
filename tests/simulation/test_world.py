"""The practice world: reproducible, lawful in its fields, honest about what is true, silent about it in its columns."""

from datetime import date
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from darvoza.domain.codes import RiskArea
from darvoza.domain.containers import container_check_digit
from darvoza.domain.fields import FIELDS, Kind, Level
from darvoza.errors import SettingsError
from darvoza.simulation.frames import TYPE_OF_KIND
from darvoza.simulation.goods import FREE_TRADE, ORIGINS, read_goods
from darvoza.simulation.places import COUNTRIES
from darvoza.simulation.schemes import SCHEMES
from darvoza.simulation.settings import WorldSettings
from darvoza.simulation.world import World
from simulation.worlds import a_year, everything

SMALL = WorldSettings(months=3, declarations_per_month=200, importers=200)


def test_equal_seeds_give_equal_months_in_any_order() -> None:
    forward, backward = World(SMALL), World(SMALL)
    first = [forward.month(k) for k in range(3)]
    last = [backward.month(k) for k in (2, 1, 0)][::-1]
    for one, other in zip(first, last, strict=True):
        assert_frame_equal(one.items, other.items)
        assert_frame_equal(one.truth, other.truth)


def test_months_and_seeds_differ() -> None:
    world = World(SMALL)
    other = World(WorldSettings(months=3, declarations_per_month=200, importers=200, seed=8))
    assert not world.month(0).items["customs_value"].equals(world.month(1).items["customs_value"])
    assert not world.month(0).items["importer_id"].equals(other.month(0).items["importer_id"])


def test_a_month_beyond_the_end_is_refused() -> None:
    with pytest.raises(SettingsError, match="a month from 0 to 2"):
        World(SMALL).month(3)


@pytest.mark.parametrize(
    ("name", "value"),
    [("months", 0), ("offence_rate", 0.9), ("declarations_per_month", 0), ("start", date(2026, 1, 2)), ("seed", -1)],
)
def test_settings_that_make_no_world_are_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(SettingsError, match=name):
        WorldSettings(**{name: value})  # type: ignore[arg-type]


def test_every_field_is_there_with_its_type() -> None:
    frame = a_year()[1][0].items
    assert frame.columns == [field.name for field in FIELDS]
    for field in FIELDS:
        assert frame.schema[field.name] == TYPE_OF_KIND.get(field.kind, pl.String())


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_every_declared_value_obeys_its_field(field: object) -> None:
    frame = everything()
    column = frame[field.name]  # type: ignore[attr-defined]
    rule = next(entry for entry in FIELDS if entry is field)
    if rule.level is Level.OUTCOME:
        assert column.is_null().all()
        return
    if rule.required:
        assert column.null_count() == 0
    known = column.drop_nulls()
    assert len(known) > 0
    if rule.kind in (Kind.AMOUNT, Kind.INTEGER):
        numbers = known.cast(pl.Decimal(38, 6))
        if rule.minimum is not None:
            assert (numbers > rule.minimum if rule.exclusive else numbers >= rule.minimum).all()
    if rule.limit is not None and rule.kind in (Kind.CODE, Kind.TEXT):
        longest = known.str.len_chars().max()
        assert isinstance(longest, int)
        assert longest <= rule.limit
    if rule.choices:
        assert known.is_in(list(rule.choices)).all()
    if rule.kind is Kind.HS:
        assert known.str.contains(r"^\d{6}$").all()
    if rule.kind is Kind.COUNTRY:
        assert known.str.contains("^[A-Z]{2}$").all()


def test_gross_mass_is_never_below_net_mass() -> None:
    frame = everything()
    assert (frame["gross_mass"] >= frame["net_mass"]).all()
    assert (frame["net_mass"] > Decimal(0)).all()


def test_rows_stand_in_the_order_of_lodging_and_declarations_together() -> None:
    for month in a_year()[1][:3]:
        assert_frame_equal(month.items, month.items.sort("lodged_at", "declaration_id", "item"))
        assert month.items["declaration_id"].rle_id().max() == month.items["declaration_id"].n_unique() - 1
        first = month.items.group_by("declaration_id").agg(pl.col("item").max(), pl.len())
        assert (first["item"] == first["len"]).all()


def test_dates_stay_within_their_month() -> None:
    for month in a_year()[1]:
        assert set(month.items["lodged_at"].dt.month().to_list()) == {month.k + 1}


def test_declarations_have_three_items_on_average_and_twenty_at_most() -> None:
    counts = everything().group_by("declaration_id").len()["len"]
    assert 2.8 < float(counts.to_numpy().mean()) < 3.2
    assert int(counts.to_numpy().max()) <= 20


def test_a_free_trade_preference_is_claimed_for_its_members_only_and_sets_the_duty_to_nil() -> None:
    claimed = everything().filter(pl.col("preference").is_not_null())
    assert claimed["origin"].is_in(list(FREE_TRADE)).all()
    vat = {country.code: Decimal(str(country.vat)) for country in COUNTRIES}
    assert all(rate == vat[country] for rate, country in claimed.select("tax_rate", "destination_country").iter_rows())


def test_container_numbers_have_valid_check_digits() -> None:
    numbers = everything()["container_ids"].drop_nulls().explode(empty_as_null=False).unique()
    assert len(numbers) > 100
    assert all(int(number[10]) == container_check_digit(number[:10]) for number in numbers)


@pytest.mark.parametrize(("prefix", "digit"), [("CSQU305438", 3), ("TOLU473478", 7), ("HLXU200841", 9)])
def test_check_digits_agree_with_published_container_numbers(prefix: str, digit: int) -> None:
    assert container_check_digit(prefix) == digit


def test_fruit_comes_in_summer_heaters_in_winter_flowers_in_march() -> None:
    frame = everything()

    def share(prefixes: list[str], months: list[int]) -> float:
        chosen = frame.filter(pl.any_horizontal(pl.col("true_hs").str.starts_with(p) for p in prefixes))
        return float(chosen["k"].is_in([month - 1 for month in months]).to_numpy().mean())

    assert share(["0702", "0707", "0809"], [6, 7, 8]) > 0.4
    assert share(["8516", "8403", "7322"], [10, 11, 12, 1]) > 0.45
    assert share(["0603"], [3]) > 0.18


def test_the_share_of_offending_declarations_is_near_the_setting() -> None:
    bad = everything().group_by("declaration_id").agg(pl.col("offence").is_not_null().any())["offence"]
    assert 0.045 < float(bad.to_numpy().mean()) < 0.085
    calm = World(WorldSettings(months=2, schemes=False, declarations_per_month=6000))
    truth = pl.concat([calm.month(0).truth, calm.month(1).truth])
    rate = truth.group_by("declaration_id").agg(pl.col("offence").is_not_null().any())["offence"].to_numpy().mean()
    assert 0.035 < rate < 0.08
    assert truth["scheme"].is_null().all()


def test_a_world_without_offences_has_none() -> None:
    month = World(WorldSettings(months=1, offence_rate=0.0, schemes=False, declarations_per_month=500)).month(0)
    assert month.truth["offence"].is_null().all()
    assert (month.truth["loss"] == 0).all()


def test_every_kind_of_offence_occurs() -> None:
    kinds = dict(everything()["offence"].drop_nulls().value_counts().iter_rows())
    total = sum(kinds.values())
    assert set(kinds) == {"undervaluation", "misclassification", "origin", "undeclared", "prohibited", "sps"}
    assert 0.25 < kinds[RiskArea.UNDERVALUATION] / total < 0.65
    assert all(count / total > 0.005 for count in kinds.values())


def test_loss_is_true_duty_and_tax_less_what_was_declared() -> None:
    frame = everything().with_columns(pl.col("customs_value", "tax_rate").cast(pl.Float64))
    goods = read_goods()
    duty = dict(zip(goods.hs, goods.duty.tolist(), strict=True))
    vat = {country.code: country.vat for country in COUNTRIES}
    columns = ["true_hs", "true_origin", "preference", "destination_country", "true_value", "customs_value", "tax_rate"]
    expected = []
    for hs, origin, preference, country, value, declared, rate in frame.select(columns).iter_rows():
        due = 0.0 if preference and origin in FREE_TRADE else duty[hs]
        expected.append(value * (due + (1 + due) * vat[country]) - declared * rate)
    assert (frame["loss"] >= 0).all()
    # Rates are declared to four places.
    tolerance = 0.02 + 1e-4 * frame["true_value"].to_numpy()
    assert (np.abs(frame["loss"].to_numpy() - np.array(expected)) <= tolerance).all()


def test_harm_is_money_or_severity_and_innocence_has_neither() -> None:
    frame = everything()
    innocent = frame.filter(pl.col("offence").is_null())
    assert (innocent["loss"] == 0).all()
    assert (innocent["severity"] == 0).all()
    assert innocent["true_hs"].equals(innocent["hs"])
    assert innocent["true_origin"].equals(innocent["origin"])
    grave = frame.filter(pl.col("offence").is_in(["prohibited", "sps"]))
    assert ((grave["severity"] > 0) & (grave["severity"] <= 1)).all()
    assert (grave["loss"] == 0).all()
    money = frame.filter(pl.col("offence").is_in(["undervaluation", "misclassification", "origin", "undeclared"]))
    assert (money["loss"] > 0).to_numpy().mean() > 0.99


def test_honesty_persists_from_one_half_of_the_year_to_the_other() -> None:
    frame = everything().filter(pl.col("scheme").is_null())
    halves = (
        frame.with_columns(half=pl.col("k") // 6)
        .group_by("importer_id", "half")
        .agg(bad=pl.col("offence").is_not_null().mean(), n=pl.len())
        .filter(pl.col("n") >= 20)
        .pivot("half", index="importer_id", values="bad")
        .drop_nulls()
    )
    assert len(halves) > 100
    assert np.corrcoef(halves["0"].to_numpy(), halves["1"].to_numpy())[0, 1] > 0.3


def test_schemes_start_and_stop_and_some_change_post() -> None:
    frame = everything().filter(pl.col("scheme").is_not_null())
    posts = []
    for scheme in SCHEMES:
        first, moves, last = scheme.window(12)
        mine = frame.filter(pl.col("scheme") == scheme.code)
        day = mine["lodged_at"].dt.ordinal_day().to_numpy() / 365 * 12
        assert len(mine) > 0, scheme.code
        assert first - 0.15 <= day.min()
        assert day.max() <= last + 0.15
        assert set(mine["offence"]) <= {str(scheme.area), "undervaluation", "undeclared"}
        if scheme.members == "newcomers" and scheme.posts[0] != scheme.posts[1]:
            before, after = (
                set(mine["post"].to_numpy()[day < moves - 0.15]),
                set(mine["post"].to_numpy()[day > moves + 0.15]),
            )
            assert before <= {scheme.posts[0]}
            assert after <= {scheme.posts[1]}
            posts.append(scheme.code)
    assert len({scheme.code for scheme in SCHEMES}) >= 6
    assert len(posts) >= 4


def test_the_large_firms_of_a_scheme_were_clean_before() -> None:
    frame = everything()
    late = next(scheme for scheme in SCHEMES if scheme.members == "large")
    members = frame.filter(pl.col("scheme") == late.code)["importer_id"].unique()
    before = frame.filter(pl.col("importer_id").is_in(members.to_list()) & (pl.col("k") < 5))
    assert len(before) > 200
    assert before["offence"].is_not_null().to_numpy().mean() < 0.03


CATEGORIES = [
    field.name for field in FIELDS if field.level is not Level.OUTCOME and field.kind not in (Kind.AMOUNT, Kind.MOMENT)
]


@pytest.mark.parametrize("name", CATEGORIES)
def test_no_value_of_any_column_gives_the_truth_away(name: str) -> None:
    frame = everything()
    column = pl.col(name).list.join(" ") if frame.schema[name] == pl.List(pl.String) else pl.col(name).cast(pl.String)
    cells = frame.group_by(column.alias("value")).agg(rate=pl.col("offence").is_not_null().mean(), n=pl.len())
    large = cells.filter((pl.col("n") >= 60) & pl.col("value").is_not_null())["rate"].to_numpy()
    assert large.max(initial=0) < 0.97, cells.sort("rate", descending=True).head()


def test_scales_that_disagree_do_not_prove_an_offence() -> None:
    frame = everything()
    per = frame.group_by("declaration_id").agg(
        off=(pl.col("total_gross_mass").first() - pl.col("gross_mass").sum()).cast(pl.Float64).abs() > 0.2,
        bad=(pl.col("offence") == "undeclared").fill_null(value=False).any(),
    )
    assert 0.05 < per.filter("off")["bad"].to_numpy().mean() < 0.6


def test_new_importers_enter_and_others_leave() -> None:
    frame = everything()
    early, late = (set(frame.filter(pl.col("k").is_between(*span))["importer_id"]) for span in ((0, 2), (9, 11)))
    assert len(late - early) > 50
    assert len(early - late) > 50


def test_goods_have_real_shapes_and_origins_of_the_world() -> None:
    goods = read_goods()
    assert len(goods.hs) >= 150
    assert len(set(goods.hs)) == len(goods.hs)
    assert np.allclose(goods.origin_weight.sum(axis=1), 1)
    assert goods.origin_weight.shape == (len(goods.hs), len(ORIGINS))
    liars = goods.siblings[:, 0] >= 0
    assert (goods.duty[goods.siblings[liars, 0]] < goods.duty[liars]).all()
