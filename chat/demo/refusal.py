"""What the server says instead of an answer, in OpenAI's shape."""

import json
from dataclasses import dataclass


@dataclass(eq=False)
class Refusal(Exception):
    """A response with an HTTP error status; `raw` is a body of another shape than OpenAI's."""

    status: int
    message: str
    type: str = "invalid_request_error"
    code: str | None = None
    param: str | None = None
    raw: str | None = None
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()

    def body(self) -> bytes:
        """Return the bytes of the response body."""
        if self.raw is not None:
            return self.raw.encode()
        return json.dumps(self.error()).encode()

    def error(self) -> dict[str, dict[str, str | None]]:
        """Return the error as OpenAI writes it, in a body or in the middle of a stream."""
        return {
            "error": {
                "message": self.message,
                "type": self.type,
                "param": self.param,
                "code": self.code,
            }
        }
