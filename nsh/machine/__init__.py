"""What is: the machine as one immutable value.

Ids, frozen records (one file per mechanism), persistent tables, transactions that record
their changes, and the invariants.  No behaviour beyond its own consistency: what *happens*
to a machine is written in :mod:`nsh.kernel`.  This room imports nothing else of nsh.
"""

from nsh.machine.record import Record, records, table
from nsh.machine.value import Machine, Transaction

__all__ = ["Machine", "Record", "Transaction", "records", "table"]
