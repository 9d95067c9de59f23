"""Why something cannot be taken away or told, and what to do instead."""


class Refused(Exception):
    """A wish that cannot be met as it is; the message says why and what can be done."""
