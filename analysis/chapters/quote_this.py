"""Quote this: the twenty numbers asked for most, each with the sentence to use and the one not to use."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from analysis import text
from analysis.chapters import returns, shared
from analysis.chapters.methods import CERTAINTY
from analysis.display import Card
from data import load


def list_quotes() -> dict[str, list[Card]]:
    """Return the cards of the page by topic, computed from the clean tables."""
    return {
        "arrivals": _quote_arrivals(),
        "people": _quote_people(),
        "living": _quote_living(),
        "health": _quote_health(),
        "elsewhere": _quote_elsewhere(),
    }


def _make_card(
    key: str, heading: str, rows: pd.DataFrame, *, date: str, counted: str, write: str, avoid: str, why: str
) -> Card:
    """Return one card; its certainty is the lowest grade of its rows."""
    grade = max(rows["certainty"], key=list(CERTAINTY).index)
    lines = {
        "Write": write,
        "Do not write": f"“{avoid}” {why}",
        "Date": date,
        "What is counted": counted,
        "Certainty": f"{grade} ({CERTAINTY[grade]})",
    }
    return Card(f"quote-{key}", heading, lines, tuple(rows["source_id"].dropna().unique()))


def _pick(frame: pd.DataFrame, **values: object) -> pd.DataFrame:
    for column, value in values.items():
        frame = frame[frame[column].isna() if value is None else frame[column] == value]
    return frame


def _quote_arrivals() -> list[Card]:
    entrants, bins, vintages = load("entrants"), load("entrants_bins"), load("entrants_vintages")
    years, total = shared.total_by_year(entrants), shared.sum_all_entrants(entrants, bins)
    by_year = years.set_index("year")["entrants_persons"]
    newest, peak = (int(year) for year in (by_year.index.max(), by_year.index[int(by_year.argmax())]))
    closed = by_year.loc[2020:2022]
    fewest = int(closed.index[int(closed.argmin())])
    first = _pick(vintages, year=peak, sex="all").sort_values("vintage").iloc[0]
    text.assert_claim(first["entrants_persons"] != by_year[peak], "the peak year was revised")
    text.assert_claim(closed.max() < by_year[2019], "fewer arrived in each closed year than in 2019")
    ministry = "according to the Ministry of Unification"
    admitted = "People admitted to the protection centre in South Korea, by calendar year. A flow."
    everyone, latest = text.count(total["all"]), text.count(by_year[newest])
    row = {year: _pick(entrants, year=year) for year in (newest, peak, fewest)}
    return [
        _make_card(
            "all",
            f"{everyone} people have arrived",
            pd.concat([row[newest], bins[bins["role"] == "current"]]),
            date=f"To the end of {newest}",
            counted="Everyone who has arrived since records began, including those who have died or moved "
            "on.",
            write=f"By the end of {newest}, {everyone} people from North Korea had arrived in South "
            f"Korea, {ministry}.",
            avoid=f"{everyone} North Koreans live in South Korea.",
            why="Fewer live there, because some have died, moved abroad or gone back.",
        ),
        _make_card(
            "newest",
            f"{latest} people arrived in {newest}",
            row[newest],
            date=f"Year {newest}, provisional",
            counted=admitted,
            write=f"In {newest}, {latest} people from North Korea arrived in South Korea, {ministry}.",
            avoid=f"{latest} people fled North Korea in {newest}.",
            why="Many arrivals spent years in other countries first, and not everyone who leaves reaches "
            "South Korea.",
        ),
        _make_card(
            "peak",
            f"{text.count(by_year[peak])} arrived in {peak}, the highest number",
            row[peak],
            date=f"Year {peak}, current figure",
            counted=admitted,
            write=f"Arrivals in South Korea were highest in {peak}, when {text.count(by_year[peak])} "
            f"people came, {ministry}.",
            avoid=f"{text.count(first['entrants_persons'])} people came in {peak}.",
            why="That was the first release. The ministry has corrected it since.",
        ),
        _make_card(
            "closed",
            f"{text.count(closed.sum())} arrived in 2020–2022, when the border was closed",
            pd.concat([_pick(entrants, year=year) for year in closed.index]),
            date="Years 2020–2022",
            counted=admitted,
            write=f"In 2020–2022, {text.count(closed.sum())} people arrived in South Korea, "
            f"after {text.count(by_year[2019])} in 2019 alone, {ministry}.",
            avoid=f"Only {text.count(closed.min())} people tried to leave North Korea in {fewest}.",
            why="The ministry counts arrivals in South Korea. No one has counted attempts.",
        ),
    ]


def _quote_people() -> list[Card]:
    entrants, bins, profiles = load("entrants"), load("entrants_bins"), load("profiles")
    years, total = shared.total_by_year(entrants), shared.sum_all_entrants(entrants, bins)
    latest, residents = years.iloc[-1], _pick(load("residents"), region="all").sort_values("as_of_date")
    now = _pick(residents, sex="all").iloc[[-1]]
    women, women_now = (
        text.percent(100 * total["female"] / total["all"]),
        text.percent(latest["share_female_pct"]),
    )
    living = _pick(residents, sex="female").iloc[-1:]
    base = _pick(residents, sex="all", as_of_date=living["as_of_date"].iloc[0])["residents_persons"].iloc[0]
    share_living = text.percent(100 * living["residents_persons"].iloc[0] / base)
    province = shared.pick_profile(profiles, "province")
    shares = _pick(province, sex="all").set_index("category")["share_pct"]
    two, day = shares[["north_hamgyong", "ryanggang"]], text.month(province["as_of_date"].iloc[0])
    about = "about " if now["rounded_to_persons"].notna().any() else ""
    count, when = about + text.count(now["residents_persons"].iloc[0]), text.month(now["as_of_date"].iloc[0])
    text.assert_claim(share_living > women, "women are a larger share of residents than of all who arrived")
    text.assert_claim(
        set(two.index) == set(shares.nlargest(2).index), "these are the two most common provinces"
    )
    return [
        _make_card(
            "women",
            f"{women} of all who arrived are women, and {women_now} of those of {latest['year']:.0f}",
            _pick(entrants, year=latest["year"]),
            date=f"To the end of {latest['year']:.0f}",
            counted="Women and girls as a share of all people who have arrived, and of one year's arrivals.",
            write=f"Women are {women} of all people from North Korea who arrived in South Korea by the "
            f"end of "
            f"{latest['year']:.0f}, and {women_now} of that year's "
            f"{text.count(latest['entrants_persons'])} arrivals.",
            avoid=f"{women} of North Koreans in South Korea are women.",
            why=f"Among people living there the share was {share_living} in "
            f"{text.month(living['as_of_date'].iloc[0])}.",
        ),
        _make_card(
            "origin",
            f"{text.percent(two.sum())} came from two provinces on the Chinese border",
            province,
            date=f"{day}, everyone who had arrived by then",
            counted="The province of residence before leaving, in profiles that leave out some recent "
            "arrivals.",
            write=f"{text.percent(two['north_hamgyong'])} of those who had arrived by {day} came from "
            f"North Hamgyong "
            f"and {text.percent(two['ryanggang'])} from Ryanggang, according to ministry profiles.",
            avoid="Most escape across the border near their home.",
            why="The profiles say where people lived. They do not say where or when they crossed.",
        ),
        _make_card(
            "residents",
            f"{count[0].upper()}{count[1:]} people from North Korea live in South Korea",
            now,
            date=when,
            counted="People registered as living in South Korea on that day. A stock.",
            write=f"In {when}, {count} people from North Korea were registered as living in South Korea.",
            avoid=f"{text.count(total['all'])} live in South Korea.",
            why="That is everyone who has ever arrived.",
        ),
    ]


def _quote_living() -> list[Card]:
    paid, housing, wages = load("basic_payment_by_year"), load("housing_subsidy"), load("prices")
    paid = paid[(paid["household_size"].astype(str) == "1") & (paid["what_it_is"] == "basic_payment")]
    paid = paid.dropna(subset=["amount_krw"]).sort_values("year").tail(1)
    deposit = housing[housing["household_size"].astype(str) == "1"].sort_values("known_from").tail(1)
    cash, rent, year = paid["amount_krw"].iloc[0], deposit["amount_krw"].iloc[0], int(paid["year"].iloc[0])
    months = cash / wages.set_index("year").loc[year, "minimum_wage_krw_per_month"]
    results = load("survey_results")
    work = shared.compare_populations(results, "employment_rate").iloc[-1]
    pay = shared.compare_populations(results, "mean_monthly_wage").iloc[-1]
    same_sex = _pick(results, survey="khf", indicator="employment_rate_gap_same_sex")
    benefit = _pick(
        results, indicator="livelihood_benefit", survey="register", population="north_korean_origin"
    )
    before, benefit = benefit.sort_values("year").iloc[0], benefit.sort_values("year").tail(1)
    study = load("education")
    study = _pick(study, indicator="dropout_rate", level="primary_to_upper_secondary", birthplace="all")
    study = study[study["year"] == study["year"].max()]
    left = study.set_index(study["population"] == "general_population")["value"]
    school = int(study["year"].iloc[0]) - 1
    text.assert_claim(
        same_sex["value"].min() > 0 > work["gap"], "each sex is ahead of its own and the whole is behind"
    )
    text.assert_claim(
        study["note"].str.contains(f"School year {school}").any(), "the rate is of the year before"
    )
    pupils = _pick(load("education"), indicator="students", level="all_schools", year=study["year"].iloc[0])
    born = _pick(pupils, population="north_korean_background").set_index("birthplace")["value"]
    text.assert_claim(born["north_korea"] < born["all"] / 2, "most of the pupils were born elsewhere")
    text.assert_claim(
        left[False] > left[True], "pupils with a North Korean background leave school more often"
    )

    def find_rows(indicator: str, year: float) -> pd.DataFrame:
        return _pick(results, survey="khf", indicator=indicator, year=year, sex="all", subgroup=None)

    foundation = "the Korea Hana Foundation's survey"
    return [
        _make_card(
            "payment",
            f"{text.won(cash)} in cash for a person who arrived alone in {year}",
            pd.concat([paid, deposit]),
            date=f"Year {year}, the newest amount we could confirm",
            counted="The basic payment by law, for one person. The housing deposit is a separate payment.",
            write=f"A person who arrived alone in {year} was entitled to {text.won(cash)} in cash, worth "
            f"{text.decimal(months)} months of the minimum wage, and to a housing deposit of "
            f"{text.won(rent)}.",
            avoid=f"Every newcomer is handed {text.won(cash + rent)}.",
            why="The deposit goes to the landlord, and amounts differ by household.",
        ),
        _make_card(
            "work",
            f"{text.percent(work['north_korean_origin'], 1)} were in work in {work['year']:.0f}",
            find_rows("employment_rate", work["year"]),
            date=f"{foundation[0].upper()}{foundation[1:]} of {work['year']:.0f}",
            counted="People in work as a share of all who were asked, those who do not look for work "
            "included.",
            write=f"In {work['year']:.0f}, {text.percent(work['north_korean_origin'], 1)} of people from "
            f"North Korea were "
            f"in work, against {text.percent(work['general_population'], 1)} of the general population "
            f"({foundation}).",
            avoid="People from North Korea are less likely to work than others of the same sex.",
            why=f"In {same_sex['year'].iloc[0]} both women and men were ahead of their own sex. Women are "
            f"the "
            "larger part of the group and work less often than men, which lowers the overall rate.",
        ),
        _make_card(
            "pay",
            f"Pay is {text.percent(100 * pay['north_korean_origin'] / pay['general_population'])} of the "
            f"average",
            find_rows("mean_monthly_wage", pay["year"]),
            date=f"{foundation[0].upper()}{foundation[1:]} of {pay['year']:.0f}",
            counted="Mean monthly wage of employees, before any adjustment.",
            write=f"In {pay['year']:.0f}, employees from North Korea earned "
            f"{text.won(pay['north_korean_origin'])} per "
            f"month on average, "
            f"{text.percent(100 * pay['north_korean_origin'] / pay['general_population'])} of the mean "
            "of all employees in South Korea.",
            avoid="Employers pay people from North Korea less for the same work.",
            why="The means are not adjusted for sex, hours, occupation or years in the job.",
        ),
        _make_card(
            "benefit",
            f"{text.percent(benefit['value'].iloc[0])} received livelihood benefit in "
            f"{benefit['year'].iloc[0]}",
            benefit,
            date=f"Year {benefit['year'].iloc[0]}",
            counted="Recipients of the state's livelihood benefit, from the register. The rules changed "
            "in 2015.",
            write=f"In {benefit['year'].iloc[0]}, {text.percent(benefit['value'].iloc[0], 1)} of people "
            f"from North Korea "
            f"received livelihood benefit, "
            f"{text.direction(benefit['value'].iloc[0], before['value'], up='up', down='down', same='as')} "
            f"from {text.percent(before['value'], 1)} in {before['year']}.",
            avoid=f"{text.percent(benefit['value'].iloc[0])} are unemployed.",
            why="The benefit depends on household income. People in work can receive it.",
        ),
        _make_card(
            "school",
            f"{text.percent(left[False], 1)} left school in the school year {school}",
            study,
            date=f"School year {school}",
            counted="Pupils with a North Korean background. From 2024 this includes children born in "
            "South Korea.",
            write=f"In the school year {school}, {text.percent(left[False], 1)} of pupils with a North "
            f"Korean background "
            f"left school early, against {text.percent(left[True], 1)} of all pupils.",
            avoid=f"{text.percent(left[False], 1)} of pupils from North Korea drop out.",
            why="Most of these pupils were born in China, another country or South Korea.",
        ),
    ]


def _quote_health() -> list[Card]:
    risk = _pick(load("relative_risks"), study_id="lee_r_2022", outcome="any_mental_illness")
    found = _pick(load("prevalence"), condition="ptsd", role="primary")
    text.assert_claim(~found["sampling"].eq("probability_sample").any(), "no study drew a random sample")
    ends = found.sort_values("prevalence_pct").iloc[[0, -1]]
    low, high = (
        text.percent(value, places) for value, places in zip(ends["prevalence_pct"], (1, 0), strict=True)
    )
    satisfied = _pick(
        load("survey_results"), survey="khf", indicator="life_satisfaction", item="satisfied", sex="all"
    )
    satisfied = _pick(satisfied, population="north_korean_origin", subgroup=None).sort_values("year").tail(1)
    share, year = text.percent(satisfied["value"].iloc[0]), int(satisfied["year"].iloc[0])
    times, span = (
        text.times(risk["value"].iloc[0]),
        f"{risk['data_year_start'].iloc[0]}–{risk['data_year_end'].iloc[0]}",
    )
    return [
        _make_card(
            "illness",
            f"Mental illness is recorded {times} as often",
            risk,
            date=f"Records of {span}",
            counted="First diagnoses in health insurance records, against people of the same age and sex.",
            write=f"In insurance records of {span}, a mental illness was newly recorded {times} as often "
            f"among people "
            "from North Korea as in the general population of the same age and sex.",
            avoid=f"Mental illness is {times} as common among people from North Korea.",
            why="Records count people who saw a doctor. Illness that no one treated is not in them.",
        ),
        _make_card(
            "ptsd",
            f"Studies of post-traumatic stress found {low} to {high}",
            ends,
            date=f"{text.number_word(len(found)).capitalize()} studies, each of its own year",
            counted="The share of those asked who met the study's definition of post-traumatic stress "
            "disorder.",
            write=f"Studies of people from North Korea have found post-traumatic stress in {low} to "
            f"{high} of those "
            "asked, depending on who was asked, where and with which test.",
            avoid=f"{high} of North Koreans have post-traumatic stress disorder.",
            why="Single studies found that in groups of their own. None drew its people at random from "
            "everyone who left.",
        ),
        _make_card(
            "satisfied",
            f"{share} are satisfied with their life in South Korea",
            satisfied,
            date=f"The Korea Hana Foundation's survey of {year}",
            counted="Those who answered “satisfied” or “very satisfied” with life in South Korea.",
            write=f"In {year}, {share} of people from North Korea who were asked said that they were "
            f"satisfied with "
            "their life in South Korea (the Korea Hana Foundation's survey).",
            avoid=f"{share} of North Koreans are happy.",
            why="People can be satisfied and under stress. Those who could not be reached are not in the "
            "survey.",
        ),
    ]


def _quote_elsewhere() -> list[Card]:
    counted, totals, whereabouts = load("returns"), load("returns_totals"), load("whereabouts")
    total = _pick(totals, measure="confirmed_returns", role="current").sort_values("as_of_date").tail(1)
    back, since = text.count(counted["returns_persons"].sum()), text.year(counted["year"].min())
    text.assert_claim(
        counted["returns_persons"].sum() == total["persons"].iloc[0], "the years add up to the total"
    )
    abroad = _pick(whereabouts, category="gone_abroad", duration="all", printed_as="stock")
    abroad = abroad.sort_values("as_of_date").tail(1)
    steps = returns.decompose_press_total(whereabouts, load("emigration"))
    gone, when = text.count(abroad["persons"].iloc[0]), text.month(abroad["as_of_date"].iloc[0])
    admitted = _pick(load("us_admissions"), year_basis="fiscal_year", measure="refugee_admissions")
    first, last = text.year(admitted["year"].min()), text.year(admitted["year"].max())
    world = _pick(load("unhcr"), country="World", sex="all", age_group="all", measure="refugees")
    world = world[world["year"] == world["year"].max()]
    china = _pick(
        load("population_estimates"), country="china", measure="north_koreans_present", role="current"
    )
    china, newest = china[china["year_end"] == 2004], china["year_end"].max()
    low, high = (
        text.count(china[list(ends)].stack().agg(f))
        for ends, f in ((("low", "point"), "min"), (("high", "point"), "max"))
    )
    came, refugees = text.count(admitted["persons"].sum()), text.count(world["value"].iloc[0])
    return [
        _make_card(
            "returns",
            f"At least {back} people went back to North Korea since {since}",
            total,
            date=text.month(total["as_of_date"].iloc[0]),
            counted="Returns of free will that the Ministry of Unification has confirmed. A minimum.",
            write=f"South Korea's Ministry of Unification has confirmed {back} returns to North Korea "
            f"since {since}. "
            "The true number may be higher.",
            avoid=f"Only {back} have gone back.",
            why="Returns that no one noticed are not counted.",
        ),
        _make_card(
            "abroad",
            f"{gone} people with an unknown address were abroad in {when}",
            abroad,
            date=when,
            counted="People not found at their registered address whom records show as abroad. A stock.",
            write=f"In {when}, {gone} people from North Korea whose address in South Korea was unknown "
            f"were recorded as abroad.",
            avoid=f"{text.count(steps['persons'].sum())} people have left South Korea since 2021.",
            why="That figure adds up yearly numbers and can count one person several times.",
        ),
        _make_card(
            "america",
            f"{came} refugees were admitted to the United States",
            admitted,
            date=f"Fiscal years {first}–{last}",
            counted="Refugees accepted abroad and flown in. People who asked for asylum in the country "
            "are not included.",
            write=f"The United States admitted {came} North Korean refugees in the fiscal years {first} "
            f"to {last}.",
            avoid=f"The United States granted asylum to {came} North Koreans.",
            why="American law treats refugees and asylum separately.",
        ),
        _make_card(
            "refugees",
            f"About {text.count(round(world['value'].iloc[0], -1))} refugees in other countries",
            world,
            date=f"End of {text.year(world['year'].iloc[0])}",
            counted="Refugees from North Korea in the tables of UNHCR, which hide small numbers. A stock.",
            write=f"At the end of {text.year(world['year'].iloc[0])}, UNHCR counted "
            f"{text.count(world['value_low'].iloc[0])} to {refugees} refugees from North Korea.",
            avoid=f"There are only {refugees} North Korean refugees in the world.",
            why="People in South Korea are citizens there, and people in China are not counted.",
        ),
        _make_card(
            "china",
            f"In China: guesses from {low} to {high} in 2004, and no count",
            china,
            date=f"Estimates for 2004. The newest we found are for {newest}",
            counted="What officials, researchers and aid groups believed. No one has counted.",
            write=f"No one has counted the North Koreans in China. Estimates for 2004 ran from {low} to "
            f"{high}.",
            avoid=f"{high} North Koreans are hiding in China.",
            why="It is the highest guess, it is old, and later guesses are much lower.",
        ),
    ]


def list_sources(topics: Iterable[list[Card]]) -> pd.DataFrame:
    """Return the sources of all cards, one per row."""
    return pd.DataFrame(
        {"source_id": sorted({s for cards in topics for card in cards for s in card.source_ids})}
    )
