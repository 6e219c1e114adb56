"""What one person, one socket and one answer may use; every limit of the site in one block."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits per message, user, socket and process; times are seconds."""

    max_prompt_chars: int = 100_000
    max_system_prompt_chars: int = 20_000
    max_saved_prompt_chars: int = 20_000
    saved_prompts_per_user: int = 200
    sends_per_minute: int = 60
    running_per_user: int = 8
    streams_per_process: int = 500
    frames_per_second: int = 50
    sockets_per_user: int = 50
    connect_seconds: float = 10
    first_token_seconds: float = 120
    silence_seconds: float = 60
    answer_seconds: float = 1800
    answer_chars: int = 2_000_000
    keep_alive_seconds: float = 15
    title_seconds: float = 20
    titles_per_process: int = 8
    undo_seconds: float = 3600
    temporary_seconds: float = 24 * 3600
    files_per_prompt: int = 10
    file_bytes: int = 20_000_000
    files_bytes_per_user: int = 1_000_000_000
    uploads_per_minute: int = 60
    image_pixels: int = 50_000_000
    image_side: int = 2048
    file_pages: int = 500
    file_chars: int = 400_000
    reading_seconds: int = 20
    reading_memory: int = 1024 * 1024 * 1024
    images_per_request: int = 20
    shares_per_user: int = 500
    import_bytes: int = 500_000_000
    import_conversations: int = 100_000
    import_messages: int = 100_000
    tool_rounds: int = 10
    tool_calls_per_round: int = 10
    tool_seconds: float = 30
    tool_result_chars: int = 30_000
    permission_seconds: float = 300


LIMITS = Limits()
