# unshare(2), errors: EINVAL for a user namespace in a process with several threads
spawn db
db spawn --thread reader
expect { db unshare --user } fails EINVAL
expect { db unshare --uts }
