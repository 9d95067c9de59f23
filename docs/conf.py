"""How Sphinx builds the site: `make docs`. Nothing on its pages is loaded from a network."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

project = "Caseload"
author = "Caseload's founders"
html_title = "Caseload"
language = "en"

extensions = ["myst_parser", "notebook"]
exclude_patterns = ["_build", "_extensions"]
myst_heading_anchors = 4
nitpicky = True

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["notebook.css"]
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False
html_last_updated_fmt = None
html_use_index = False
