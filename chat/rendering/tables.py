"""The tags of a table, in order."""


class Table:
    """Knows which cell comes next: its column's alignment, and whether it is in the head."""

    START = '<div class="table" tabindex="0" dir="auto"><table>'
    END = "</tbody></table></div>"

    def __init__(self, alignments: tuple[str, ...]) -> None:
        self._alignments = alignments
        self._in_head = True
        self._column = 0

    def start_cell(self) -> str:
        """Return the start tag of the next cell."""
        alignment = self._alignments[self._column].lower()
        self._column += 1
        align = "" if alignment == "none" else f' align="{alignment}"'
        return f"<th{align}>" if self._in_head else f"<td{align}>"

    def end_cell(self) -> str:
        """Return the end tag of the cell."""
        return "</th>" if self._in_head else "</td>"

    def end_head(self) -> str:
        """Return what closes the head and opens the body."""
        self._in_head, self._column = False, 0
        return "</tr></thead><tbody>"

    def end_row(self) -> str:
        """Return the end tag of a row of the body."""
        self._column = 0
        return "</tr>"
