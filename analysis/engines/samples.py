"""Engines of samples: shares side by side, groups compared, ratios to South Korea, pooled studies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import special, stats

from analysis import meta, rates, surveys
from analysis.diagnostics import diagnose
from analysis.engines.common import Fit, Reader, take_rows
from analysis.inputs import Floats, take_numbers
from analysis.results import Estimate, describe_interval
from analysis.specifications import Specification

SMALL = 5


def count_cases(rows: pd.DataFrame, share: str) -> pd.DataFrame:
    """Return rows with ``n`` and ``cases`` as numbers, cases rebuilt from the share where not printed."""
    n = take_numbers(rows, "n", minimum=1)
    printed = (
        rows["cases"].astype("Float64") if "cases" in rows else pd.Series(pd.NA, rows.index, dtype="Float64")
    )
    value = rows[share].astype("Float64")
    if (printed.isna() & value.isna()).any():
        raise ValueError(f"{share}: found a row with neither cases nor a share, expected one of them")
    used = printed.fillna(value * n / 100)
    rebuilt = printed.isna()
    if "cases_source" in rows:
        rebuilt = rebuilt | (rows["cases_source"] == "rebuilt")
    return rows.assign(cases_used=used.astype(float), n=n, is_rebuilt=rebuilt.astype(bool))


def name_row(row: pd.Series, columns: tuple[str, ...]) -> str:
    """Return a name made of some cells: lower case, underscores."""
    words = "_".join(str(row[c]) for c in columns if pd.notna(row[c]) and str(row[c]))
    return "".join(c if c.isalnum() else "_" for c in words.lower()).strip("_")


def shares(specification: Specification, read: Reader) -> Fit:
    """Return one proportion a row, side by side, each with its own interval.

    Wilson; Clopper-Pearson where fewer than five people had the answer. Rows without n are left out.
    ``options``: ``name`` lists the columns that name a row; for sensitivity, ``method`` (one for all
    rows) and ``design_effect`` (by which n is divided).

    Results: ``share_NAME`` (%).
    """
    effect = specification.options.get("design_effect", 1.0)
    rows = take_rows(specification, read)
    rows = rows.loc[rows["n"].notna() & rows[specification.outcome].notna()].reset_index(drop=True)
    if "only" in specification.options:
        column, values = specification.options["only"]
        rows = rows.loc[rows[column].isin(values)].reset_index(drop=True)
    table = count_cases(rows, specification.outcome)
    results, limits = [], []
    for _, row in table.iterrows():
        small = "clopper-pearson" if row["cases_used"] < SMALL else "wilson"
        method = specification.options.get("method", small)
        found = rates.estimate_share(row["cases_used"] / effect, row["n"] / effect, method=method)
        limits.append((100 * found.value, 100 * found.low, 100 * found.high))
        name = "share_" + name_row(row, specification.options["name"])
        results.append(
            describe_interval(name, found, unit="%", scale=100, term="one proportion", n=int(row["n"]))
        )
    names = [e.quantity for e in results]
    if len(set(names)) < len(names):
        raise ValueError(
            f"name: found {max(names, key=names.count)} twice, expected names that tell rows apart"
        )
    table[["share_computed_pct", "ci_low", "ci_high"]] = limits
    return Fit(n=len(table), rows=results, table=table, tables={"shares": table})


def groups(specification: Specification, read: Reader) -> Fit:
    """Return the share of one kind of row within each group of a full count, and how groups differ.

    ``options``: ``by`` (column of groups), ``events`` (filter of the kind counted), ``reference``
    (the group others are compared with).

    Results: ``share_G`` (%, Wilson), ``odds_G`` (odds ratio to the reference, Woolf),
    ``chi_square`` (with its degrees of freedom in ``df_resid``) and ``cramers_v``.
    """
    rows = take_rows(specification, read)
    by, wanted = specification.options["by"], specification.options["events"]
    column, value = wanted.split("=")
    rows = rows.loc[rows[column] != "all"]
    if "drop" in specification.options:
        rows = rows.loc[~rows[by].isin(specification.options["drop"])]
    counts = rows.assign(is_event=rows[column] == value).pivot_table(
        index=by, columns="is_event", values=specification.outcome, aggfunc="sum", sort=True, observed=True
    )
    counts = counts.fillna(0).astype(float)
    table = pd.DataFrame(
        {"group": counts.index, "events": counts[True].to_numpy(), "n": counts.sum(axis=1).to_numpy()}
    )
    reference = table.loc[table["group"] == specification.options["reference"]]
    if len(reference) != 1:
        known = ", ".join(map(str, table["group"]))
        raise ValueError(f"{by}: found no {specification.options['reference']!r}, expected one of {known}")
    base_events, base_n = float(reference["events"].iloc[0]), float(reference["n"].iloc[0])
    results, odds, limits = [], [], []
    for group, events, n in zip(table["group"], table["events"], table["n"], strict=True):
        name = name_row(pd.Series({"group": group}), ("group",))
        found = rates.estimate_share(events, n)
        limits.append((100 * found.value, 100 * found.low, 100 * found.high))
        results.append(
            describe_interval(f"share_{name}", found, unit="%", scale=100, term="one proportion", n=int(n))
        )
        if group != specification.options["reference"]:
            ratio = rates.estimate_odds_ratio(events, n, base_events, base_n)
            unit = "times the odds of the reference"
            both = int(n + base_n)
            odds.append(
                describe_interval(
                    f"odds_{name}", ratio, unit=unit, term="two by two", n=both, keep_error=False
                )
            )
    results += odds
    square = stats.chi2_contingency(counts.to_numpy(), correction=False)
    total = float(table["n"].sum())
    results.append(
        Estimate("chi_square", float(square.statistic), unit="chi-square", term="independence", n=int(total))
    )
    v = float(np.sqrt(square.statistic / total))
    results.append(Estimate("cramers_v", v, unit="0 to 1", term="independence", n=int(total)))
    table[["share_pct", "ci_low", "ci_high"]] = limits
    return Fit(n=int(total), rows=results, table=table, df_resid=float(square.dof), tables={"shares": table})


def share_ratios(specification: Specification, read: Reader) -> Fit:
    """Return yearly ratios of a survey's share to South Korea's, shown side by side and not fitted.

    ``options``: ``other`` (filter of the South Korean rows in the same table), ``other_n`` (people
    asked in the South where a year does not print it), ``design_effect``.

    Results for each year with both: ``ratio_Y`` (times; limits by the delta method where n is
    known), ``points_Y`` (percentage points, Newcombe).
    """
    ours = take_rows(specification, read).set_index("year")
    theirs = take_rows(replace(specification, filter=specification.options["other"]), read)
    theirs = theirs.set_index("year")
    effect = specification.options.get("design_effect", 1.0)
    rows, records = [], []
    for year in sorted(set(ours.index) & set(theirs.index)):
        p, q = float(ours.loc[year, "value"]) / 100, float(theirs.loc[year, "value"]) / 100
        n, m = ours.loc[year, "n"], theirs.loc[year, "n"]
        m = specification.options["other_n"] if pd.isna(m) else m
        if pd.isna(n):
            rows.append(
                Estimate(
                    f"ratio_{year}", p / q, unit="times the South Korean share", n=2, method="as published"
                )
            )
            rows.append(
                Estimate(
                    f"points_{year}", 100 * (p - q), unit="percentage points", n=2, method="as published"
                )
            )
        else:
            ratio = rates.estimate_share_ratio(p, float(n), q, float(m), design_effect=effect)
            people = int(n + m)
            rows.append(
                describe_interval(
                    f"ratio_{year}",
                    ratio,
                    unit="times the South Korean share",
                    term="log ratio",
                    n=people,
                    keep_error=False,
                )
            )
            gap = rates.estimate_share_difference(p * float(n), float(n), q * float(m), float(m))
            rows.append(
                describe_interval(
                    f"points_{year}", gap, unit="percentage points", scale=100, term="difference", n=people
                )
            )
        found = rows[-2]
        records.append((year, 100 * p, 100 * q, n, m, found.value, found.ci_low, found.ci_high))
    columns = ["year", "share_pct", "south_korea_pct", "n", "n_south_korea", "ratio", "ci_low", "ci_high"]
    table = pd.DataFrame(records, columns=columns)
    return Fit(n=len(table), rows=rows, table=table, tables={"ratios": table})


def pool(specification: Specification, read: Reader) -> Fit:
    """Pool prevalence studies: random effects on the logit, one row a cohort.

    ``options``: ``label`` (names a study), ``estimator``, ``test``, ``subgroups`` (columns set side
    by side), ``covariates`` (name to a column, or to a column and the value coded 1), ``keep``
    (column and values, for sensitivity), ``add`` (filters of further rows, for sensitivity),
    ``apart`` (filter of rows that are shown and not pooled).

    The table ``studies`` holds both, told apart by ``is_pooled``.

    Results: ``mean`` (% of people in the average study; confidence interval of that mean),
    ``new_study`` (the same mean with the prediction interval of a new study), ``tau2``, ``i2``,
    ``logit_mean``, and for each covariate ``odds_NAME`` where ten cohorts allow it.
    """
    options = specification.options
    table = take_studies(specification, read)
    settings = {k: options[k] for k in ("estimator", "test") if k in options}
    pooled = meta.pool_shares(table, "cases_used", "n", **settings)
    low, high = pooled.confidence()
    new_low, new_high = pooled.prediction()
    mean = 100 * pooled.share
    t = stats.t.ppf(0.975, pooled.df)
    rows = [
        Estimate("mean", mean, 100 * low, 100 * high, "%", "confidence", 0.95, term="mean of studies"),
        Estimate(
            "new_study", mean, 100 * new_low, 100 * new_high, "%", "prediction", 0.95, term="mean of studies"
        ),
        Estimate(
            "logit_mean",
            pooled.mean,
            pooled.mean - t * pooled.std_error,
            pooled.mean + t * pooled.std_error,
            "log odds",
            "confidence",
            0.95,
            pooled.std_error,
            "mean of studies",
        ),
        Estimate("tau2", pooled.tau2, unit="log odds squared", term="between studies"),
        Estimate("i2", 100 * pooled.i2, unit="% of variation, from Q", term="between studies"),
    ]
    if pooled.k >= meta.MINIMUM_FOR_REGRESSION:
        for name, source in options.get("covariates", {}).items():
            rows.append(regress(table, name, source))
    residual = (pooled.logits - pooled.mean) / np.sqrt(pooled.variances + pooled.tau2)
    studies = table.assign(weight_pct=100 * pooled.weights, residual=residual, is_pooled=True)
    if "apart" in options:
        apart = take_rows(replace(specification, filter=options["apart"]), read)
        apart = count_cases(apart, specification.outcome).assign(weight_pct=np.nan, residual=np.nan)
        studies = pd.concat([studies, apart.assign(is_pooled=False)], ignore_index=True)
    observed = [rates.estimate_share(x, n) for x, n in zip(studies["cases_used"], studies["n"], strict=True)]
    studies = studies.assign(
        share_pct=[100 * o.value for o in observed],
        ci_low=[100 * o.low for o in observed],
        ci_high=[100 * o.high for o in observed],
    )
    label = options["label"]
    tables = {"studies": studies}
    if not specification.without and pooled.k > meta.MINIMUM:
        tables["leave_one_out"] = to_percent(meta.leave_one_out(table, "cases_used", "n", label, **settings))
        parts = [
            meta.pool_subgroups(table, "cases_used", "n", by, **settings).assign(by=by)
            for by in options.get("subgroups", ())
        ]
        if parts:
            tables["subgroups"] = to_percent(pd.concat(parts, ignore_index=True))
    return Fit(
        n=pooled.k,
        rows=rows,
        table=table,
        dispersion=pooled.q / (pooled.k - 1),
        df_resid=float(pooled.k - 1),
        units=tuple(table[label]) if not specification.without else (),
        tables=tables,
        diagnostics=_diagnose_studies(table, pooled, residual),
    )


def _diagnose_studies(table: pd.DataFrame, pooled: meta.Pool, residual: Floats) -> pd.DataFrame:
    """Return the diagnostics of pooled studies: by year of survey, else of publication.

    A study's weight is its leverage on the mean; the value fitted to it lies between its own share
    and the mean, nearer the mean the fewer people it asked.
    """
    years = table["survey_year_start"].astype("Float64").fillna(table["published_year"].astype("Float64"))
    own = pooled.tau2 / (pooled.tau2 + pooled.variances)
    fitted = special.expit(pooled.mean + own * (pooled.logits - pooled.mean))
    return diagnose(
        years.to_numpy(dtype=float, na_value=np.nan),
        residual,
        pooled.weights,
        100 * fitted,
        100 * special.expit(pooled.logits),
    )


def share_pairs(specification: Specification, read: Reader) -> Fit:
    """Return what a second survey found less what the first found, same people, question and year.

    ``options``: ``first``, ``second`` (surveys), ``only`` (indicators). Pairs without both n are
    left out; a design effect, for sensitivity, divides both n.

    Results: ``difference_INDICATOR_Y`` (percentage points, Newcombe).
    """
    options = specification.options
    table = surveys.pair_surveys(read(specification.data_table), options["first"], options["second"])
    known = table["first_n"].notna() & table["second_n"].notna()
    table = table.loc[table["indicator"].isin(options["only"]) & known].reset_index(drop=True)
    effect = options.get("design_effect", 1.0)
    rows = []
    for pair in table.to_dict("records"):
        n, m = float(pair["first_n"]) / effect, float(pair["second_n"]) / effect
        found = rates.estimate_share_difference(pair["second"] / 100 * m, m, pair["first"] / 100 * n, n)
        name = f"difference_{pair['indicator']}_{pair['year']}"
        rows.append(
            describe_interval(
                name,
                found,
                unit="percentage points",
                scale=100,
                term="difference",
                n=int(pair["first_n"] + pair["second_n"]),
            )
        )
    table[["ci_low", "ci_high"]] = [(e.ci_low, e.ci_high) for e in rows]
    return Fit(n=len(table), rows=rows, table=table, tables={"pairs": table})


def to_percent(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table of pooled shares in percent; ``share`` is renamed ``share_pct``."""
    limits = ["share", "confidence_low", "confidence_high", "prediction_low", "prediction_high"]
    return frame.assign(**{name: 100 * frame[name] for name in limits}).rename(columns={"share": "share_pct"})


def take_studies(specification: Specification, read: Reader) -> pd.DataFrame:
    """Return the studies to pool: those of the filter with an n, less what is left out."""
    options = specification.options
    rows = take_rows(specification, read)
    for added in options.get("add", ()):
        extra = take_rows(replace(specification, filter=added), read)
        rows = pd.concat([rows, extra], ignore_index=True)
    rows = rows.loc[rows["n"].notna()].reset_index(drop=True)
    if "keep" in options:
        column, values = options["keep"]
        rows = rows.loc[rows[column].isin(values)].reset_index(drop=True)
    repeated = rows.duplicated("cohort_id")
    if repeated.any():
        raise ValueError(
            f"cohort_id: found {rows.loc[repeated, 'cohort_id'].iloc[0]} twice, expected one row a cohort"
        )
    table = count_cases(rows, specification.outcome)
    if specification.without:
        table = table.loc[table[options["label"]] != specification.without].reset_index(drop=True)
    return table


def regress(table: pd.DataFrame, name: str, source: str | tuple[str, str]) -> Estimate:
    """Return one covariate's odds ratio by meta-regression."""
    if isinstance(source, tuple):
        column, value = source
        x = (table[column] == value).astype(float)
        unit = "times the odds of the other studies"
    else:
        x = table[source].astype(float)
        unit = "times the odds a year"
    found = meta.regress_shares(table.assign(_x=x), "cases_used", "n", "_x")
    return Estimate(
        f"odds_{name}",
        float(np.exp(found.slope)),
        float(np.exp(found.low)),
        float(np.exp(found.high)),
        unit,
        "confidence",
        found.level,
        term=name,
        method="restricted likelihood, Knapp-Hartung",
    )
