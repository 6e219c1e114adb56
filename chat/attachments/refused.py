"""A file that is not taken. The child process knows this module, so it is without Django."""


class Refused(Exception):
    """The code of the reason, see `sentences`, and the limit that the file breaks, if one."""

    def __init__(self, code: str, limit: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.limit = limit
