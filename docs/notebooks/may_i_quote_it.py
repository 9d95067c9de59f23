"""A notebook: from two questions to two charts, on the published warehouse.

`make notebook` opens it in the browser; as a script it runs without one, and `--charts FOLDER` writes its
charts as files (`make charts`). It reads `warehouse/caseload.duckdb`, or that of the folder that
CASELOAD_WAREHOUSE names, and changes nothing there.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(app_title="May I quote it?")


@app.cell
def _():
    import os
    from pathlib import Path

    import altair as alt
    import duckdb
    import marimo as mo

    warehouse = Path(os.environ.get("CASELOAD_WAREHOUSE", "warehouse")) / "caseload.duckdb"
    connection = duckdb.connect(str(warehouse), read_only=True)
    return Path, alt, connection, mo


@app.cell
def _(mo):
    mo.md("""
    # May I quote it?

    Two questions, from the first look to a chart. Each asks the published warehouse, by SQL that works in any
    other client too.

    ## How old are the suspects, and may I quote the percentage?

    `age_distributions` has one row per source, period, measure, region, type of crime, sex and age band. Its
    latest ages of suspects, of all types of crime together:
    """)
    return


@app.cell
def _(connection):
    ages = connection.sql("""
        select age_band, value, share_pct, published_share_pct, base_kind, implied_base_low,
            implied_base_high, source, period_end, age_low, source_file, source_row
        from age_distributions
        where measure = 'suspects' and crime_type = 'total' and sex = 'total' and region = 'total'
        qualify dense_rank() over (order by period_end desc, source) = 1
        order by age_low
    """).df()
    ages[
        [
            "age_band",
            "value",
            "share_pct",
            "published_share_pct",
            "base_kind",
            "implied_base_low",
            "implied_base_high",
        ]
    ]
    return (ages,)


@app.cell
def _(mo):
    mo.md("""
    `share_pct` is what Caseload computes. Where it is empty, the publisher's figures leave no base that one
    may divide by; `reconciliations` says why, in a sentence:
    """)
    return


@app.cell
def _(ages, connection):
    verdicts = connection.execute(
        """
        select verdict, claim, explanation
        from reconciliations
        where kind in ('share_base', 'sum_of_parts') and measure = 'suspects'
            and dimension = 'age_band' and crime_type = 'total' and source = ? and period_end = ?
        order by kind
        """,
        [ages["source"][0], ages["period_end"][0].date()],
    ).df()
    verdicts
    return (verdicts,)


@app.cell
def _(ages, mo, verdicts):
    first = ages.sort_values("value", ascending=False).iloc[0]
    may = (verdicts["verdict"] != "contradicts").all()
    base = f"{first['implied_base_low']:,.0f} to {first['implied_base_high']:,.0f}"
    answer = (
        f"Yes: {first['share_pct']:.1f}% of the suspects are aged {first['age_band']}."
        if may and first["share_pct"] == first["share_pct"]
        else f"As the publisher's own, with its base: {first['value']:,.0f} suspects are aged "
        f"{first['age_band']}, {first['published_share_pct']}% by the publisher, of a base of {base} that "
        "the publication does not name. Not as a share of the printed total."
    )
    mo.md(f"**May I quote it?** {answer}")
    return (answer,)


@app.cell
def _(ages, alt):
    shown = ages.assign(
        share=ages["share_pct"].fillna(ages["published_share_pct"]),
        said_by=ages["share_pct"].isna().map({True: "the publisher, base not printed", False: "Caseload"}),
    )
    bars = alt.Chart(shown).encode(
        x=alt.X("share:Q", title="Share, %"),
        y=alt.Y("age_band:N", title="Age", sort=list(shown["age_band"])),
    )
    age_chart = (
        bars.mark_bar().encode(
            color=alt.Color("said_by:N", title="Share by", legend=alt.Legend(orient="bottom"))
        )
        + bars.mark_text(align="left", dx=4).encode(text=alt.Text("share:Q", format=".1f"))
    ).properties(
        title="Suspects by age, share in percent",
        description="Bars: share of suspects by age band, in percent",
        width=480,
    )
    age_chart
    return (age_chart,)


@app.cell
def _(mo):
    mo.md("""
    ## What grew, against the same period a year earlier?

    `arrest_trends` has the comparison; it is given only between figures of the same thing. The latest period
    of each source, for all types of crime and for each, the twenty largest changes in numbers:
    """)
    return


@app.cell
def _(connection):
    changes = (
        connection.sql("""
        select source, label_en as measure, crime_type, previous_value, value, change_pct,
            published_change_pct
        from arrest_trends
        left join codes on codes.dimension = 'measure' and codes.code = arrest_trends.measure
        where region = 'total' and change_pct is not null
        qualify dense_rank() over (partition by source order by period_end desc) = 1
        order by abs(change) desc, measure
        limit 20
    """)
        .df()
        .sort_values("change_pct", ascending=False, ignore_index=True)
    )
    changes
    return (changes,)


@app.cell
def _(alt, changes):
    named = changes.assign(
        what=changes["measure"]
        + changes["crime_type"].map(lambda code: "" if code == "total" else f": {code.replace('_', ' ')}")
    )
    dots = alt.Chart(named).encode(
        x=alt.X("change_pct:Q", title="Change on the same period a year earlier, %"),
        y=alt.Y("what:N", title=None, sort=list(named["what"]), axis=alt.Axis(labelLimit=320)),
    )
    change_chart = (
        dots.mark_bar()
        + dots.mark_text(align="left", dx=4).encode(text=alt.Text("change_pct:Q", format="+.1f"))
    ).properties(
        title="What grew", description="Bars: change on the same period a year earlier, in percent", width=480
    )
    change_chart
    return (change_chart,)


@app.cell
def _(mo):
    mo.md("""
    What is not in the chart has no comparison, and `no_change_reason` says why:
    """)
    return


@app.cell
def _(connection):
    without = connection.sql("""
        select no_change_reason, count(*) as figures,
            string_agg(distinct measure, ', ' order by measure) as measures
        from arrest_trends
        where region = 'total' and change_pct is null
        group by no_change_reason
        order by figures desc
    """).df()
    without
    return (without,)


@app.cell
def _(mo):
    mo.md("""
    ## Where the numbers stand

    Every figure says which cell of which file it comes from. The ages of the first chart:
    """)
    return


@app.cell
def _(ages):
    origins = ages[["age_band", "value", "source_file", "source_row"]]
    origins
    return (origins,)


@app.cell
def _(Path, age_chart, change_chart, mo):
    # Run as a script with --charts FOLDER, where no browser is.
    if folder := mo.cli_args().get("charts"):
        Path(str(folder)).mkdir(parents=True, exist_ok=True)
        for name, chart in (("ages", age_chart), ("changes", change_chart)):
            chart.save(Path(str(folder)) / f"{name}.svg")
            print(f"{folder}/{name}.svg")
    return


if __name__ == "__main__":
    app.run()
