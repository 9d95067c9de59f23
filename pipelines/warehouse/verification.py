"""Proves the published warehouse against the raw files, changing nothing: what it says of them, what is kept
of them, and every relation built once more aside.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from pipelines.common import databases
from pipelines.common.paths import Places
from pipelines.common.problems import counted, printable
from pipelines.contracts.contract import Source
from pipelines.quality.expectations import Validator
from pipelines.reading.exports import discover, workbook
from pipelines.releases import editions
from pipelines.releases.store import NOTHING, DamagedStore, Entry, Receipt, Store
from pipelines.warehouse import publishing, rolled_back
from pipelines.warehouse.relations import STAGING_SCHEMA, Relation, relations
from pipelines.warehouse.warehouse_inputs import inputs_sha256, kept_readings

NOT_COMPARED = {
    "publication": {"publication_id", "published_at", "duckdb_version"},  # of the build, not of what is in it
    "check_results": {"examples"},  # some of the broken rows, whichever came first
}
KEY_COLUMNS = 8
"""So many columns that agree are shown beside those that differ, to say which row it is."""


@dataclass
class Proof:
    """One thing that was looked at: how much of it, and what is wrong with it."""

    what: str
    checked: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What is no contradiction and good to know."""
    left_out: str = ""
    """Why it could not be looked at."""


@dataclass(frozen=True)
class Subject:
    """What is to be proven, opened once: whatever is published meanwhile, this stays."""

    places: Places
    sources: list[Source]
    published: duckdb.DuckDBPyConnection
    publication_id: str
    inputs_sha256: str
    scratch: Path
    """A folder for what is made again."""

    @property
    def is_rolled_back(self) -> bool:
        return rolled_back.note(self.places, self.publication_id) is not None


def proofs(subject: Subject, is_deep: bool) -> Iterator[Proof]:
    """What was proven, one after the other."""
    yield raw_files(subject)
    store = Store(subject.places.store)
    yield readings(store)
    yield observations(subject, store)
    again = _places_aside(subject)
    try:
        is_same = inputs_sha256(kept_readings(Store(again.store)), subject.sources) == subject.inputs_sha256
        why = "" if is_same else _other_inputs(subject)
    except DamagedStore:
        why = "what is kept of the exports is damaged"
    if why:
        yield Proof("Relations, built again", left_out=why)
    else:
        yield from relations_again(subject, again)
    if is_deep:
        yield read_again(subject, store)


def _other_inputs(subject: Subject) -> str:
    if subject.is_rolled_back:
        return "an older publication is published than the one that the store is of"
    return (
        "exports, contracts, code lists, SQL or Caseload are others than those that it was built from: "
        "`caseload run` first"
    )


# Raw files


def raw_files(subject: Subject) -> Proof:
    """Every export that the warehouse names is there, with the content that it names."""
    proof = Proof("Raw files have the SHA-256 that `exports` gives")
    said: dict[str, set[str]] = {}
    used: dict[str, str] = {}
    exports = subject.published.table("exports").select("source_file", "sha256", "is_published")
    for file, sha256, is_published in exports.fetchall():
        said.setdefault(file, set()).add(sha256)
        if is_published:
            used[file] = sha256
    found = {export.file: export.sha256 for source in subject.sources for export in discover(source)}
    there = {workbook(file) for file in found}
    differ, without, reads = proof.notes, "", ""
    if not subject.is_rolled_back:
        differ = proof.problems
        without = ". Put it back, or `caseload run` to go on without it"
        reads = ". `caseload run` reads it"
    for file in sorted(said):
        proof.checked += 1
        if file not in found and workbook(file) not in there:
            differ.append(f"`{printable(file)}`: missing{without}")
        elif found.get(file) not in said[file] and file in found:
            differ.append(f"`{printable(file)}`: changed since it was read{reads}")
        elif file in used and used[file] != found.get(file):
            proof.notes.append(
                f"`{printable(file)}`: its last good figures are of an earlier content, which is no longer "
                "in raw/; what is there now is quarantined"
            )
    proof.notes += [f"`{printable(file)}`: new, not read yet" for file in sorted(found.keys() - said.keys())]
    return proof


# What is kept of them


def readings(store: Store) -> Proof:
    """Every reading opens, and has as many rows as its receipt says."""
    proof = Proof("What is kept of them is whole, with all rows accounted for")
    try:
        kept = list(kept_readings(store))
    except DamagedStore as error:
        proof.problems.append(str(error))
        return proof
    for one in kept:
        proof.checked += 1
        try:
            store.make_sure_of([one.name])
            wrong = list(_miscounted(store, one.receipt))
        except (DamagedStore, duckdb.Error) as error:
            wrong = [str(error)]
        proof.problems += [f"`{printable(one.receipt.source_file)}`: {said}" for said in wrong]
    return proof


def _miscounted(store: Store, receipt: Receipt) -> Iterator[str]:
    with databases.opened(folders=[store.folder]) as connection:
        figures = connection.read_parquet(str(store.observations(receipt.reading)))
        rejected = connection.read_parquet(str(store.rejected_rows(receipt.reading)))
        rows = rejected.filter("raw_row is not null").aggregate("count(distinct source_row)")
        [(listed,)] = rows.fetchall()
        told = receipt.rows_listed if receipt.rows_listed is not None else receipt.rows_rejected
        yield from _unequal("observations kept", len(figures), receipt.observations)
        yield from _unequal("rejected rows kept", listed, told)
        both = receipt.rows_accepted + receipt.rows_rejected
        yield from _unequal("rows accepted and rejected", both, receipt.rows_received, "received")
        if receipt.is_record_level and receipt.is_accepted and receipt.rows_accepted:
            records = connection.read_parquet(str(store.records(receipt)))
            yield from _unequal("records kept", len(records), receipt.rows_accepted)


def _unequal(what: str, found: int, said: int, by: str = "in its receipt") -> Iterator[str]:
    if found != said:
        yield f"{found:,} {what}, {said:,} {by}. `caseload run --force` reads it again"


def observations(subject: Subject, store: Store) -> Proof:
    """``observation`` is the union of the readings that the warehouse names, row for row."""
    relation = relations()["observation"]
    proof = Proof("`observation` is what was read, row for row")
    named = subject.published.table("exports").filter("is_published").select("reading_id").fetchall()
    gone = [name for (name,) in named if not store.has(name)]
    if gone and subject.is_rolled_back:
        proof.left_out = f"{counted(len(gone), 'reading')} of this older publication are no longer kept"
        return proof
    if gone:
        proof.problems.append(f"{counted(len(gone), 'reading')} are not there: `caseload run` reads them")
        return proof
    files = [str(store.observations(name)) for (name,) in named]
    proof.checked = len(subject.published.table("observation"))
    try:
        again = subject.published.sql(relation.query, params={"readings": files}) if files else None
        if again is not None:
            _compare(proof, list(relation.columns), subject.published.table("observation"), again)
        elif proof.checked:
            proof.problems.append(f"{counted(proof.checked, 'row')} that no export is the source of")
    except duckdb.Error as error:
        proof.problems.append(str(error).splitlines()[0])
    return proof


# All of it, built again


def _places_aside(subject: Subject) -> Places:
    """Places that have the same readings and ledgers, and nothing else: what is made there is not kept."""
    aside = Places(subject.places.raw, subject.scratch / "again")
    store, copy = subject.places.store, aside.store
    (copy / "readings").mkdir(parents=True)
    if (store / "ledgers").is_dir():
        shutil.copytree(store / "ledgers", copy / "ledgers")
    for folder in (store / "readings").glob("[!.]*"):
        if folder.name != NOTHING:
            shutil.copytree(folder, copy / "readings" / folder.name)
    return aside


def relations_again(subject: Subject, again: Places) -> Iterator[Proof]:
    """Every relation, built and audited once more, against the published one."""
    path = publishing.build(again, subject.sources, "again")
    publishing.audit(path, again, Validator(again.store / "great_expectations", again.data_docs))
    with databases.opened(path, read_only=True) as rebuilt:
        ours = {name for _, name in publishing.names(rebuilt)}
        views = [_view_again(r, subject.published, rebuilt) for r in relations().values() if r.is_view]
    strange = sorted({name for _, name in publishing.names(subject.published)} - ours)
    publishing.attach(subject.published, path, "again")
    for relation in relations().values():
        if not relation.is_view:
            yield _table_again(relation, subject.published)
    yield from views
    yield Proof("Nothing else is in it", len(ours), [f"`{name}` is no relation of ours" for name in strange])


def _table_again(relation: Relation, both: duckdb.DuckDBPyConnection) -> Proof:
    proof = _of(relation)
    columns = [name for name in relation.columns if name not in NOT_COMPARED.get(relation.name, ())]
    schema = STAGING_SCHEMA if relation.layer == "staging" else "main"
    try:
        published = both.table(f"{schema}.{relation.name}").select(*columns)
        again = both.table(f"again.{schema}.{relation.name}").select(*columns)
        proof.checked = len(again)
        _compare(proof, columns, published, again)
    except duckdb.Error as error:
        proof.problems.append(str(error).splitlines()[0])
    return proof


def _view_again(
    relation: Relation, published: duckdb.DuckDBPyConnection, rebuilt: duckdb.DuckDBPyConnection
) -> Proof:
    """A view says something of the file that it is in, so each is asked by itself."""
    proof = _of(relation)
    try:
        rows = [set(one.table(relation.qualified_name).fetchall()) for one in (published, rebuilt)]
        proof.checked = len(rows[1])
        only, missing = sorted(rows[0] - rows[1], key=str), sorted(rows[1] - rows[0], key=str)
        if only or missing:
            first, second = next(iter(only), None), next(iter(missing), None)
            _differ(proof, list(relation.columns), (len(only), len(missing)), first, second)
    except duckdb.Error as error:
        proof.problems.append(str(error).splitlines()[0])
    return proof


def _of(relation: Relation) -> Proof:
    return Proof(f"`{relation.name}`, built again")


def _compare(
    proof: Proof, columns: Sequence[str], published: duckdb.DuckDBPyRelation, again: duckdb.DuckDBPyRelation
) -> None:
    """Note what is in only one of two relations."""
    only, missing = published.except_(again), again.except_(published)
    counts = len(only), len(missing)
    if any(counts):
        first, second = (one.order("all").limit(1).fetchall() for one in (only, missing))
        _differ(proof, columns, counts, next(iter(first), None), next(iter(second), None))


def _differ(
    proof: Proof, columns: Sequence[str], counts: tuple[int, int], only: tuple | None, missing: tuple | None
) -> None:
    told = [counted(counts[0], "row") + " that should not be there"] if counts[0] else []
    told += [counted(counts[1], "row") + " missing"] if counts[1] else []
    proof.problems.append(f"{' and '.join(told)}; for example {_example(columns, only, missing)}")


def _example(columns: Sequence[str], first: tuple | None, second: tuple | None) -> str:
    """A row, with the columns in which the published and the other one differ, if there are both."""
    if first is None or second is None:
        return _row(columns, first or second or ())
    named = list(zip(columns, first, second, strict=True))
    same = [(name, one) for name, one, other in named if one == other]
    differ = [
        f"{name} {printable(str(one))}, built again {printable(str(other))}"
        for name, one, other in named
        if one != other
    ]
    return f"{_row([name for name, _ in same], tuple(one for _, one in same))}: {'; '.join(differ)}"


def _row(columns: Sequence[str], values: tuple) -> str:
    told = [
        f"{name} {printable(str(value))}"
        for name, value in zip(columns, values, strict=False)
        if value is not None
    ]
    return ", ".join(told[:KEY_COLUMNS])


# All of it, read again


def read_again(subject: Subject, store: Store) -> Proof:
    """What is published of every export is what its file gives when it is read once more."""
    proof = Proof("Exports, read again from raw/, give the same")
    anew = store.aside(subject.scratch / "anew")
    validator = Validator(anew.folder / "great_expectations", subject.scratch / "anew_docs")
    for source in subject.sources:
        found = editions.standing(source, anew).editions
        editions.ingest_editions(source, found, anew, validator)
        ledger = anew.ledger(source.name)
        for file, entry in store.ledger(source.name).items():
            if entry.good:
                _read_again(proof, file, store, store.receipt(entry.good), anew, ledger.get(file))
    return proof


def _read_again(
    proof: Proof, file: str, store: Store, kept: Receipt, anew: Store, entry: Entry | None
) -> None:
    latest = anew.receipt(entry.latest) if entry else None
    if latest is None or latest.sha256 != kept.sha256:
        proof.notes.append(f"`{printable(file)}`: the file that its figures are of is no longer in raw/")
        return
    proof.checked += 1
    if not latest.is_accepted:
        reason = latest.problems[0] if latest.problems else "quarantined"
        proof.problems.append(f"`{printable(file)}`: would be quarantined now: {reason}")
        return
    before = len(proof.problems)
    with databases.opened(folders=[store.folder, anew.folder]) as connection:
        pairs = [(store.observations(kept.reading), anew.observations(latest.reading))]
        if kept.is_record_level and kept.rows_accepted:
            pairs.append((store.records(kept), anew.records(latest)))
        for one, other in pairs:
            try:
                published, again = connection.read_parquet(str(one)), connection.read_parquet(str(other))
                _compare(proof, published.columns, published, again)
            except duckdb.Error as error:
                proof.problems.append(str(error).splitlines()[0])
    proof.problems[before:] = [f"`{printable(file)}`: {said}" for said in proof.problems[before:]]
