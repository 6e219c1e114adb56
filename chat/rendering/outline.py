"""The levels of an answer's headings: none is skipped, whatever the model begins with."""


class Outline:
    """The headings above a place in the document, by their levels in the source.

    A writer tells it of each heading when its block is taken: what is sealed goes on from there.
    """

    def __init__(self, levels: tuple[int, ...] = ()) -> None:
        self._levels = levels

    def copy(self) -> "Outline":
        """The same, to look ahead with."""
        return Outline(self._levels)

    def begin(self, level: str) -> str:
        """Take a heading, `H1` to `H6`; gives its tag. The only h1 of a page is its own title."""
        number = int(level[1])
        above = tuple(each for each in self._levels if each < number)
        self._levels = (*above, number)
        return self.tag

    @property
    def tag(self) -> str:
        """The tag of the last heading."""
        return f"h{min(6, len(self._levels) + 1)}"
