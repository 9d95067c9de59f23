"""Great Expectations' page views with autoescaping on. Named in `data_docs.site_config`, not imported.

Great Expectations 1.24 escapes parameters of its own sentences only: cell values, index columns and
column names reach its pages as markup (`render/view/view.py` turns autoescaping on for templates
called `*.html`, and all of its templates are called `*.j2`). Here every plain string is text.
"""

# ruff: noqa: S704 (marks as markup what Great Expectations made of values that are escaped here)
from __future__ import annotations

from typing import Any

from great_expectations.render.view.view import DefaultJinjaPageView
from jinja2 import ChoiceLoader, DictLoader, pass_context
from markupsafe import Markup, escape

# The original hands its rows to a script, as the source of a Python literal.
_INDEX_TABLE = """
{% set options = content_block["table_options"] %}
{% set by, backwards = options["sortName"], options["sortOrder"] == "desc" %}
<table class="table table-sm table-bordered table-hover">
  <thead>
    <tr>{% for column in content_block["table_columns"] %}<th>{{ column["title"] }}</th>{% endfor %}</tr>
  </thead>
  <tbody>
  {% for row in content_block["table_data"] | sort(attribute=by, reverse=backwards) %}
    <tr>
    {% for column in content_block["table_columns"] %}
      {% set cell = row[column["field"]] | render_content_block %}
      <td>
      {%- if column["field"] == by %}<a href="{{ row["_table_row_link_path"] }}">{{ cell }}</a>
      {%- else %}{{ cell }}{% endif -%}
      </td>
    {% endfor %}
    </tr>
  {% endfor %}
  </tbody>
</table>
"""


class EscapingPageView(DefaultJinjaPageView):
    """The page of a suite or a validation; what is not markup of a template or a styling is escaped."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ours = DictLoader({"bootstrap_table.j2": _INDEX_TABLE})
        self.env.autoescape = True
        self.env.loader = ChoiceLoader([ours, self.env.loader])

    @pass_context
    def render_content_block(
        self, context: Any, content_block: Any, index: Any = None, content_block_id: Any = None, **more: Any
    ) -> Markup:
        if isinstance(content_block, list):
            base = content_block_id or "content-block"
            return Markup("").join(
                self.render_content_block(context, part, number, f"{base}-{number}", **more)
                if _is_block(part)
                else Markup("<span>{}</span>").format(part)
                for number, part in enumerate(content_block)
            )
        if not _is_block(content_block):
            return escape("" if content_block is None else content_block)
        original = super().render_content_block
        return Markup(original(context, content_block, index, content_block_id, **more))

    def render_string_template(self, template: Any) -> Markup:
        if not isinstance(template, dict):
            return escape(template)
        # A copy, since the original writes markup into what it is given.
        safe = template | {"template": str(escape(template.get("template", "")))}
        if "params" in template:
            safe["params"] = dict(template["params"])
        if "tooltip" in template:
            safe["tooltip"] = template["tooltip"] | {"content": escape(template["tooltip"]["content"])}
        return Markup(super().render_string_template(safe))

    def render_styling(self, styling: Any) -> Markup:
        attributes = {name: escape(value) for name, value in (styling.get("attributes") or {}).items()}
        return Markup(super().render_styling({**styling, "attributes": attributes}))

    def render_styling_from_string_template(self, template: Any) -> Markup:
        return Markup(super().render_styling_from_string_template(template))

    def attributes_dict_to_html_string(self, attributes: dict[str, Any], prefix: str = "") -> Markup:
        escaped = {escape(name): escape(value) for name, value in attributes.items()}
        return Markup(super().attributes_dict_to_html_string(escaped, prefix))

    def render_markdown(self, markdown: str) -> Markup:
        return Markup(super().render_markdown(markdown))

    @staticmethod
    def _escape_template_param_value(value: Any) -> Any:
        return escape(value)


class EscapingIndexPageView(EscapingPageView):
    """The index page, its tables rendered as tables."""

    _template = "index_page.j2"


def _is_block(content: Any) -> bool:
    return isinstance(content, dict) and "content_block_type" in content
