"""The commands, one file per family, under the names and options that real Linux gives them.

A command is a generator that yields requests and is sent replies. It knows nothing but the
boundary, so it runs on any kernel that answers the same requests. Each declares its usage once;
parser, help and completion come from that.

Rule: stands on `abi` and `machine` alone; what a command's state is, its argv and its replies say.
"""
