"""The report: one page, in two languages, on what a warehouse holds and what to be careful about.

`figures` reads the warehouse, `sections` decides what is shown of it, `charts`, `tables` and `words` show it,
`page` puts it together, `files` puts it where people look.
"""
