"""The contracts of ``docs/examples``, whole, under what they read."""

from __future__ import annotations

from pathlib import Path

from pipelines.contracts.contract import FILE_NAME, load_all


def page(examples: Path) -> str:
    """Each contract with its title and publisher."""
    parts = [
        "# Contracts of real exports\n",
        "Generated from `docs/examples` by `make docs`. Each reads exports as their publishers give them; "
        "the "
        "exports themselves are not part of Caseload.\n",
    ]
    for source in load_all(examples):
        said = f"{source.contract.publisher}: {source.contract.title}."
        path = f"../examples/{source.name}/{FILE_NAME}"
        parts += [f"## {source.name}\n", f"{said} [{FILE_NAME}]({path})\n"]
        parts.append(f"```{{literalinclude}} {path}\n:language: yaml\n```\n")
    return "\n".join(parts)
