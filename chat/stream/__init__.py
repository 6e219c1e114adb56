"""The streaming core: an answer is a log that only grows, and then it is closed.

Plain Python: nothing here touches a socket, a database or a clock.
"""
