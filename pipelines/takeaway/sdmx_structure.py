"""The structure of figures in SDMX: a data structure definition, concepts, code lists, a dataflow a table.

A row of a mart becomes an observation for each of its figures (the count, the share, the printed share, the
change): the dimension FIGURE says which, and UNIT_MEASURE in what.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.takeaway import sdmx_codes
from pipelines.takeaway.cells import visible

if TYPE_CHECKING:
    from pysdmx.model import Codelist, Component, Concept, Hierarchy
    from pysdmx.model.__base import DataType, MaintainableArtefact
    from pysdmx.model.dataflow import Role, Schema

AGENCY, VERSION = "CASELOAD", "1.0"
STRUCTURE = "FIGURES"
COUNT = "COUNT"
CONTRADICTION = "CONTRADICTION"
"""The type of annotations that say which published figures of a source contradict each other."""
PERCENT, POINTS = "PC", "PP"

FIGURES = {
    "value": (COUNT, "Count"),
    "share_pct": ("SHARE", "Share of the base, computed"),
    "published_share_pct": ("PUBLISHED_SHARE", "Share as the publisher prints it"),
    "cumulative_pct": ("CUMULATIVE_SHARE", "Share of this and all younger bands, computed"),
    "change": ("CHANGE", "Change on the same period a year earlier, in numbers"),
    "change_pct": ("CHANGE_PC", "Change on the same period a year earlier, in percent, computed"),
    "published_change_pct": ("PUBLISHED_CHANGE_PC", "Change in percent as the publisher prints it"),
    "contribution_pp": ("CONTRIBUTION", "Contribution to the change of all crime types"),
    "region_contribution_pp": ("REGION_CONTRIBUTION", "Contribution to the change of all regions"),
    "share_change_pp": ("SHARE_CHANGE", "Change of the share on the same period a year earlier"),
}
"""Columns of tables that are figures of their own: their code and name."""

CODED = {
    "source": "SOURCE", "region": "REF_AREA", "measure": "MEASURE", "crime_type": "CRIME_TYPE",
    "age_band": "AGE",
}  # fmt: skip
"""Columns whose codes are those of the warehouse, spelled as identifiers, with the dimension that each is."""
DIMENSIONS = {
    "FREQ": "Frequency",
    "SOURCE": "Series of exports that the figure comes from",
    "REF_AREA": "Region or police force",
    "MEASURE": "What is counted",
    "CRIME_TYPE": "Type of crime",
    "AGE": "Age",
    "SEX": "Sex",
    "FIGURE": "Which figure of the row it is",
}
TEXT, WHOLE, NUMBER, TRUTH, DAY = "String", "Long", "Double", "Boolean", "GregorianDay"
ATTRIBUTES = {
    "OBS_STATUS": ("Observation status", TEXT),
    "UNIT_MEASURE": ("Unit of measure", TEXT),
    "DECIMALS": ("Decimals that are printed", WHOLE),
    "BASE_VALUE": ("What the share is a share of", WHOLE),
    "BASE_KIND": ("Where the base of a share comes from", TEXT),
    "IMPLIED_BASE_LOW": ("Least base that the printed shares allow", WHOLE),
    "IMPLIED_BASE_HIGH": ("Greatest base that the printed shares allow", WHOLE),
    "VALUE_ORIGIN": ("Published, or how it was put together", TEXT),
    "IS_CORRECTED": ("Whether a correction applies", TRUTH),
    "IS_SIMULATED": ("Whether it was made up: then it is no statistic", TRUTH),
    "RELEASED_ON": ("Date of the release", DAY),
    "EXPORT_ID": ("First 16 characters of the SHA-256 of the export", TEXT),
    "SOURCE_FILE": ("File that prints it", TEXT),
    "SOURCE_ROW": ("Row of the file", WHOLE),
    "SOURCE_COLUMN": ("Column of the file", TEXT),
}
"""Attributes with their name and SDMX type; those from BASE_VALUE on are columns of the same name."""

BASE_KINDS = {
    "published_total": "The printed total, which all that is printed agrees with",
    "counted_total": "All records that were counted here",
    "sum_of_parts": "The sum of parts that are all there is",
    "implied": "What the printed shares allow together",
    "none": "No base is known that nothing contradicts",
}
ORIGINS = {
    "published": "Published",
    "counted": "Counted here, from a row a crime, an arrest or a person",
    "sum_of_parts": "Sum of parts that are all there is",
    "difference": "Difference of two cumulative figures",
    "sum_of_periods": "Sum of the months, quarters or halves of a year",
}


@dataclass(frozen=True)
class Entry:
    """One code: its identifier, its name, and what else is known of it."""

    id: str
    name: str
    description: str = ""
    warnings: tuple[tuple[str, str], ...] = ()
    """Title and text of what a reader must know: its annotations."""


Lists = Mapping[str, list[Entry]]
"""The codes of SOURCE, REF_AREA, MEASURE, CRIME_TYPE, AGE and UNIT_MEASURE that figures have."""


@dataclass(frozen=True)
class Structure:
    """Everything that a structure file holds, and the schema that data are written by."""

    artefacts: list[MaintainableArtefact]
    components: list[Component]

    def schema(self, flow: str, name: str) -> Schema:
        """The schema of a dataflow. All is text there: the writer would make 1553 a 1553.0, true a True."""
        from msgspec.structs import replace
        from pysdmx.model.__base import DataType
        from pysdmx.model.dataflow import Components, Schema

        plain = [
            component if component.local_codes else replace(component, local_dtype=DataType.STRING)
            for component in self.components
        ]
        return Schema("dataflow", AGENCY, flow, Components(plain), version=VERSION, name=name)


def spelled(column: str, code: str) -> str:
    """The identifier of a code of a column."""
    return sdmx_codes.age(code) if column == "age_band" else sdmx_codes.identifier(code)


def made(lists: Lists, flows: Mapping[str, tuple[str, str]], nested: Iterable[Hierarchy] = ()) -> Structure:
    """The structure for some codes; ``flows`` are the dataflows, with name and description; ``nested`` says
    which codes are parts of which.
    """
    from pysdmx.model.__base import DataType
    from pysdmx.model.concept import ConceptScheme
    from pysdmx.model.dataflow import Component, Components, Dataflow, DataStructureDefinition, Role

    codelists = {name: _codelist(name, entries) for name, entries in _all_lists(lists).items()}
    names = DIMENSIONS | {"TIME_PERIOD": "Period", "OBS_VALUE": "Value"} | {
        name: said for name, (said, _) in ATTRIBUTES.items()
    }  # fmt: skip
    concepts = {name: _concept(name, said) for name, said in names.items()}

    def component(name: str, role: Role, type_: DataType, level: str | None = None) -> Component:
        codes = codelists.get(name)
        return Component(
            name, role is Role.DIMENSION, role, concepts[name], None if codes else type_,
            name=names[name], local_codes=codes, local_enum_ref=_urn(name) if codes else None,
            attachment_level=level,
        )  # fmt: skip

    components = [
        *(component(name, Role.DIMENSION, DataType.STRING) for name in DIMENSIONS),
        component("TIME_PERIOD", Role.DIMENSION, DataType.PERIOD),
        component("OBS_VALUE", Role.MEASURE, DataType.DECIMAL),
        *(
            component(name, Role.ATTRIBUTE, DataType(type_), level="O")
            for name, (_, type_) in ATTRIBUTES.items()
        ),
    ]
    scheme = ConceptScheme(
        id="CONCEPTS", name="Concepts of figures", agency=AGENCY, version=VERSION,
        items=list(concepts.values()),
    )  # fmt: skip
    definition = DataStructureDefinition(
        id=STRUCTURE, name="Figures of police statistics", agency=AGENCY, version=VERSION,
        components=Components(components),
    )  # fmt: skip
    dataflows = [
        Dataflow(
            id=flow, name=name, description=said or None, agency=AGENCY, version=VERSION, structure=definition
        )
        for flow, (name, said) in flows.items()
    ]
    return Structure([*codelists.values(), *nested, scheme, definition, *dataflows], components)


def _all_lists(lists: Lists) -> dict[str, list[Entry]]:
    def fixed(names: Mapping[str, str]) -> list[Entry]:
        return [Entry(code, name) for code, name in names.items()]

    return {
        "FREQ": fixed(sdmx_codes.FREQUENCIES),
        "SEX": fixed(sdmx_codes.SEXES),
        "FIGURE": fixed(dict(FIGURES.values())),
        "OBS_STATUS": fixed(sdmx_codes.STATUSES),
        "BASE_KIND": fixed(BASE_KINDS),
        "VALUE_ORIGIN": fixed(ORIGINS),
        **lists,
    }


def _codelist(name: str, entries: Iterable[Entry]) -> Codelist:
    from pysdmx.model import Annotation, Code, Codelist

    items = [
        Code(
            id=entry.id, name=visible(entry.name), description=visible(entry.description) or None,
            annotations=[Annotation(type=CONTRADICTION, title=title, text=visible(text))
                         for title, text in entry.warnings],
        )
        for entry in entries
    ]  # fmt: skip
    title = DIMENSIONS.get(name) or ATTRIBUTES[name][0]
    return Codelist(id=f"CL_{name}", name=title, agency=AGENCY, version=VERSION, items=items)


def _concept(name: str, said: str) -> Concept:
    from pysdmx.model import Concept

    urn = f"urn:sdmx:org.sdmx.infomodel.conceptscheme.Concept={AGENCY}:CONCEPTS({VERSION}).{name}"
    return Concept(id=name, name=said or name, urn=urn)


def _urn(name: str) -> str:
    return f"urn:sdmx:org.sdmx.infomodel.codelist.Codelist={AGENCY}:CL_{name}({VERSION})"
