"""What the devices without hardware remember: /dev/random's place in its stream."""

from nsh.machine.record import Record, table


@table
class RandomPool(Record):
    """How far the stream of /dev/random has been read (one row, key 0)."""

    blocks: int = 0
