"""Ten claims, checked: statements that are often repeated, what they rest on, and what to write instead."""

from __future__ import annotations

import pandas as pd

from analysis import text
from analysis.chapters import mental_health, returns, shared
from analysis.display import Card
from data import load


def list_claims() -> list[Card]:
    """Return the ten cards of the page, computed from the clean tables."""
    return [*_check_counts(), *_check_surveys(), *_check_money_and_abroad()]


def tabulate_verdicts(claims: list[Card]) -> pd.DataFrame:
    """Return claim, verdict and anchor, one row per claim."""
    return pd.DataFrame(
        {
            "claim": [card.heading for card in claims],
            "verdict": [card.lines["Verdict"] for card in claims],
            "anchor": [f"#{card.key}" for card in claims],
        }
    )


def _make_card(key: str, claim: str, verdict: str, why: str, write: str, *rows: pd.DataFrame | str) -> Card:
    sources = [[row] if isinstance(row, str) else list(row["source_id"].dropna()) for row in rows]
    lines = {"Verdict": verdict, "Why": why, "Write": write}
    return Card(
        f"claim-{key}", f"“{claim}”", lines, tuple(dict.fromkeys(s for part in sources for s in part))
    )


def _check_counts() -> list[Card]:
    totals = load("entrants_cumulative").query("sex == 'all'")
    entered = totals[totals["as_of_date"] == pd.Timestamp("2019-06-30")].head(1)
    living = load("residents").query("region == 'all' and sex == 'all'")
    living = living[living["as_of_date"] == pd.Timestamp("2019-06-30")]
    arrived, lived = entered["entrants_persons"].iloc[0], living["residents_persons"].iloc[0]
    text.assert_claim(arrived > 33_000 > lived, "33,000 had arrived and fewer lived there")

    whereabouts, emigration = load("whereabouts"), load("emigration")
    steps = returns.decompose_press_total(whereabouts, emigration)
    summed, last = steps["persons"].sum(), steps.iloc[-1]
    between = steps.iloc[1:-1]
    by_year = shared.total_by_year(load("entrants")).set_index("year")["entrants_persons"]
    came = by_year.loc[between["as_of_date"].dt.year].sum()
    text.assert_claim(between["persons"].sum() > came, "read as departures, more left than arrived")

    guess = load("returns_totals").query("measure == 'estimated_returns'").iloc[0]
    confirmed = load("returns").set_index("year").loc[2012]
    lost = whereabouts[whereabouts["as_of_date"].dt.year.eq(2015) & whereabouts["duration"].eq("all")]
    lost = lost.set_index("category")["persons"]
    return [
        _make_card(
            "living",
            f"More than {text.count(round(arrived, -3))} North Koreans lived in South Korea in 2019.",
            "Wrong label",
            f"By June 2019, {text.count(arrived)} people had arrived since records began. About "
            f"{text.count(lived)} of "
            "them lived in South Korea that month. The others had died, moved abroad or gone back.",
            f"In June 2019 about {text.count(lived)} people from North Korea lived in South Korea.",
            entered,
            living,
        ),
        _make_card(
            "left",
            f"{text.count(summed)} people from North Korea left South Korea for other countries from 2021 "
            f"to August "
            f"{last['as_of_date'].year}.",
            "People counted more than once",
            f"The figure adds {text.number_word(len(steps))} yearly numbers: "
            f"{text.listing(map(text.count, steps['persons']))}. The first and the last count people who "
            f"were abroad on "
            "one day, so someone who stays abroad is in both. Reports called those in between departures. "
            "Then "
            f"{text.count(between['persons'].sum())} people would have left in years in which "
            f"{text.count(came)} arrived.",
            f"In {text.month(last['as_of_date'])}, {text.count(last['persons'])} people whose address in "
            f"South Korea was "
            "unknown were recorded as abroad.",
            steps,
            emigration[emigration["role"] == "stocks_summed"],
        ),
        _make_card(
            "returns",
            f"About {text.count(guess['persons'])} people went back to North Korea in 2012.",
            "Not confirmed",
            "This is the estimate of a former member of parliament, and we could not find how it was "
            "made. The Ministry "
            f"of Unification has confirmed {text.number_word(confirmed['returns_persons'])} returns for "
            f"that year. Its "
            "count is a minimum, so it cannot disprove a larger number.",
            f"The Ministry of Unification has confirmed {text.number_word(confirmed['returns_persons'])} "
            f"returns in 2012. "
            "The true number may be higher.",
            str(confirmed["source_id"]),
            guess["source_id"],
        ),
        _make_card(
            "missing",
            f"About {text.count(round(lost['gone_abroad'] + lost['not_located'], -2))} people could not "
            f"be found in 2015 "
            "and may have gone back to North Korea.",
            "Wrong label",
            f"Of these people {text.count(lost['gone_abroad'])} were known to be abroad. Only "
            f"{text.count(lost['not_located'])} could not be located.",
            f"In April 2015, {text.count(lost['not_located'])} people could not be located, and "
            f"{text.count(lost['gone_abroad'])} others with an unknown address were abroad.",
            whereabouts[
                whereabouts["as_of_date"].dt.year.eq(2015) & whereabouts["category"].eq("not_located")
            ],
        ),
    ]


def _check_surveys() -> list[Card]:
    results = load("survey_results")
    wish = results[results["indicator"] == "thinks_of_returning_if_unpunished"].iloc[0]
    least = results[(results["indicator"] == "country_to_move_to") & (results["item"] == "north_korea")].iloc[
        0
    ]
    text.assert_claim(wish["value"] > 10 * least["value"], "the question changes the answer many times over")
    ptsd = load("prevalence").query("condition == 'ptsd' and role == 'primary'").sort_values("prevalence_pct")
    highest, lowest = ptsd[ptsd["prevalence_pct"].eq(ptsd["prevalence_pct"].max())], ptsd.iloc[0]
    text.assert_claim(len(highest) > 1, "more than one study found the highest share")
    divided = mental_health.compare_denominators(load("deaths"))
    share, rate = divided.iloc[0], divided.iloc[1]
    text.assert_claim(abs(rate["ratio"] - 1) < 0.05, "the rates side by side are nearly the same")
    women = load("trafficking").query("is_survey_share and measure != 'coerced_sex_work'")
    women = women[women["measure"].isin(["trafficked", "forced_marriage_or_trafficking"])].sort_values(
        "share_pct"
    )
    low, high = women.iloc[0], women.iloc[-1]
    asked = text.listing(f"{text.count(n)} people" for n in highest["n"])
    return [
        _make_card(
            "wish",
            f"{text.percent(wish['value'])} of North Koreans in South Korea want to go back.",
            "A different question",
            f"In {wish['year']} a magazine asked {text.count(wish['n'])} people whether they would think "
            f"of returning if "
            f"no one punished them. In {least['year']} a survey asked {text.count(least['n'])} people "
            f"which country they "
            f"would move to, and {text.percent(least['value'])} named North Korea. Neither question asked "
            f"about a plan.",
            f"In {wish['year']}, {text.percent(wish['value'])} of {text.count(wish['n'])} people asked "
            f"said that they "
            "would think of returning if they were not punished.",
            wish["source_id"],
            least["source_id"],
        ),
        _make_card(
            "ptsd",
            f"{text.percent(highest['prevalence_pct'].iloc[0])} of people from North Korea have "
            f"post-traumatic stress disorder.",
            "True of single groups only",
            f"Separate studies of {asked} found this share, one of them among people in hiding in China "
            f"in 1999. "
            f"Another study, with interviews of {text.count(lowest['n'])} adults in South Korea, found "
            f"{text.percent(lowest['prevalence_pct'], 1)}. Tests, places and times differ.",
            f"Studies have found post-traumatic stress in {text.percent(lowest['prevalence_pct'], 1)} to "
            f"{text.percent(highest['prevalence_pct'].iloc[0])} of those asked, depending on the group "
            f"and the test.",
            highest,
            lowest["source_id"],
        ),
        _make_card(
            "suicide",
            f"People from North Korea are {text.times(share['ratio'])} as likely to die by suicide as "
            f"other people in "
            "South Korea.",
            "A share read as a risk",
            f"The number compares suicide as a share of all deaths. Where few people are old, few die of "
            f"old age, and the "
            f"share is high even if the risk is the same. Rates per resident that the ministry published "
            f"together "
            f"for {rate['period']} were nearly equal. Both counts have gaps, so the risk is not settled.",
            f"Rates published for {rate['period']} were nearly equal, and gaps in the counts leave open "
            f"whether the risk differs.",
            divided.iloc[:2],
        ),
        _make_card(
            "trafficking",
            f"{text.percent(high['share_pct'])} of women from North Korea were trafficked.",
            "True of one group only",
            f"One survey of {text.count(high['n'])} people who had come through China found "
            f"{text.percent(high['share_pct'])}. "
            f"A survey of {text.count(low['n'])} women living in South Korea found "
            f"{text.percent(low['share_pct'])}. The "
            "surveys define trafficking differently, and none drew its people at random from all women "
            "who left.",
            f"Surveys have found trafficking or forced marriage in {text.percent(low['share_pct'])} to "
            f"{text.percent(high['share_pct'])} of those asked, depending on the group and the definition.",
            high["source_id"],
            low["source_id"],
        ),
    ]


def _check_money_and_abroad() -> list[Card]:
    paid = load("basic_payment_by_year").query("what_it_is == 'basic_payment'")
    paid = paid[(paid["household_size"].astype(str) == "1") & paid["year"].isin([2004, 2005])].set_index(
        "year"
    )
    before, after = paid.loc[[2004, 2005], "amount_krw"]
    text.assert_claim(0.3 < after / before < 0.4, "the payment was cut to about a third")
    china = (
        load("population_estimates").query("estimator == 'US State Department' and year_end == 2006").iloc[0]
    )
    low, high = text.count(china["low"]), text.count(china["high"])
    return [
        _make_card(
            "cut",
            "In 2005 South Korea cut its payment to newcomers by a third.",
            "Wrong",
            f"The basic payment for one person went from {text.won(before)} to {text.won(after)}. That is "
            f"{text.percent(100 * (1 - after / before))} less: it was cut to about a third, not by a third.",
            f"On 1 January 2005 the basic payment for one person was cut from {text.won(before)} to "
            f"{text.won(after)}. "
            "Part of the difference became incentives for training and work.",
            paid.loc[[2004, 2005]],
        ),
        _make_card(
            "china",
            f"{low} to {high} North Koreans have refugee status in China.",
            "Wrong label",
            f"The numbers are the United States State Department's estimate of all North Koreans present "
            f"in China in "
            f"{china['year_end']}. China gives them no such status, and UNHCR's tables list no refugees "
            f"from North Korea there.",
            f"In {china['year_end']} the United States State Department estimated that {low} to {high} "
            f"North Koreans were "
            "in China. No one has counted them.",
            china["source_id"],
        ),
    ]
