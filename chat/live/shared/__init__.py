"""Logs that the processes of a site share through Redis Streams; the embedded site has none."""
