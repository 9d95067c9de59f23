-- Every source that has a contract here: who publishes it, under which terms, how to cite it, what its
-- releases cover, whether it is simulated, and when its next edition is due by its calendar.
with releases as (
    select
        source,
        count(distinct released_on) as releases,
        min(released_on) as first_released_on,
        max(released_on) as latest_released_on,
        count(*) as exports,
        sum(observations) as observations,
        min(period_start) as covers_from,
        max(period_end) as covers_until,
    from exports
    where is_published
    group by source
),

described as (
    select
        cast(source as varchar) as source,
        cast(title as varchar) as title,
        cast(publisher as varchar) as publisher,
        cast(title_ko as varchar) as title_ko,
        cast(publisher_ko as varchar) as publisher_ko,
        cast(licence as varchar) as licence,
        cast(licence_ko as varchar) as licence_ko,
        cast(homepage as varchar) as homepage,
        cast(citation as varchar) as citation,
        cast(notes as varchar) as notes,
        cast(notes_ko as varchar) as notes_ko,
        cast(kind as varchar) as kind,
        cast(is_simulated as boolean) as is_simulated,
        cast(next_period_end as date) as next_period_end,
        cast(next_due_on as date) as next_due_on,
        cast(next_late_after as date) as next_late_after,
    from input_sources
)

select
    described.source,
    described.title,
    described.publisher,
    described.title_ko,
    described.publisher_ko,
    described.licence,
    described.licence_ko,
    described.homepage,
    coalesce(
        described.citation,
        described.publisher || ': ' || described.title || '.'
        || coalesce(' Release of ' || strftime(releases.latest_released_on, '%Y-%m-%d') || '.', '')
        || coalesce(' ' || described.homepage, '')
    ) as citation,
    described.notes,
    described.notes_ko,
    described.kind,
    described.is_simulated,
    coalesce(releases.releases, 0) as releases,
    releases.first_released_on,
    releases.latest_released_on,
    coalesce(releases.exports, 0) as exports,
    cast(coalesce(releases.observations, 0) as bigint) as observations,
    releases.covers_from,
    releases.covers_until,
    described.next_period_end,
    described.next_due_on,
    described.next_late_after,
from described
left join releases on described.source = releases.source
order by described.source
